#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/analysis/cell_stages.h"
#include "engine/analysis/wording.h"
#include "engine/core/number_text.h"
#include "engine/model/head_writing.h"
#include "engine/trace/head_map.h"

namespace fovea::cell_stages {
namespace {

constexpr size_t keys_listed = 7;

/// What each key's value writes, and how much of it is in the head's output. [keys] each.
struct Content {
    Tensor value_norms;     ///< ‖v_j W_O‖
    Tensor weighted_norms;  ///< ‖A_j v_j W_O‖
    Tensor shares;          ///< they add up to 1; NaN where the output is nothing
    double output_norm = 0;
};

Content content_of(const CellInQuestion& in, const Tensor& weights) {
    const Projections& p = in.projections();
    const HeadWriting writing(in.subjects.model().stack(in.subjects.part), in.cell.layer,
                              in.subjects.part == Part::cross);
    const Eigen::Map<const HeadWriting::RowMajor> values(p.value_of(in.cell.head), p.keys,
                                                         p.head_dim);
    const HeadWriting::RowMajor written = writing.through(in.cell.head, values);
    const Eigen::Map<const Eigen::RowVectorXf> weight(weights.data(), p.keys);
    const Eigen::RowVectorXd output = weight.cast<double>() * written.cast<double>();
    const double square = output.squaredNorm();
    Content content;
    content.output_norm = std::sqrt(square);
    content.value_norms = Tensor::uninitialised({p.keys});
    content.weighted_norms = Tensor::uninitialised({p.keys});
    content.shares = Tensor::uninitialised({p.keys});
    for (Index j = 0; j < p.keys; ++j) {
        const double norm = written.row(j).cast<double>().norm();
        const double along = written.row(j).cast<double>().dot(output);
        content.value_norms.data()[j] = static_cast<float>(norm);
        content.weighted_norms.data()[j] = static_cast<float>(double{weight[j]} * norm);
        content.shares.data()[j] = static_cast<float>(weight[j] * along / square);
    }
    return content;
}

/// The cell's key and the heaviest others, heaviest first; and those that are left.
struct Listed {
    std::vector<Index> keys, rest;
};
Listed listed_keys(const CellInQuestion& in, const Tensor& weights) {
    std::vector<Index> order(static_cast<size_t>(weights.size()));
    std::iota(order.begin(), order.end(), Index{0});
    const float* weight = weights.data();
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return weight[a] > weight[b]; });
    Listed listed;
    const bool all = order.size() <= keys_listed + 1;
    for (const Index key : order) {
        // One place is kept for the key that is asked about.
        const bool asked = key == in.cell.key;
        const bool waiting =
            std::find(listed.keys.begin(), listed.keys.end(), in.cell.key) == listed.keys.end();
        const size_t room = keys_listed - (waiting && !asked ? 1 : 0);
        (all || asked || listed.keys.size() < room ? listed.keys : listed.rest).push_back(key);
    }
    return listed;
}

double sum_over(const Tensor& values, const std::vector<Index>& keys) {
    double sum = 0;
    for (const Index key : keys)
        sum += values.data()[key];
    return sum;
}

double sum_of(const Tensor& values) {
    double sum = 0;
    for (const float value : values.values())
        sum += value;
    return sum;
}

/// Rows of a table about keys: those listed, the rest folded into one, and the sum.
template <class OfKey, class OfRest, class OfAll>
void add_rows(const CellInQuestion& in, const std::vector<std::string>& names, const Listed& listed,
              finding::Table& table, OfKey&& of_key, OfRest&& of_rest, OfAll&& of_all) {
    using Rows = std::vector<finding::Table::Row>;
    const auto add = [](Rows & rows, std::string label, auto&& cells, Referent referent) -> auto& {
        finding::Table::Row row;
        row.cells.emplace_back(std::move(label));
        for (auto& cell : cells)
            row.cells.push_back(std::move(cell));
        row.referent = referent;
        rows.push_back(std::move(row));
        return rows.back();
    };
    const auto add_key = [&](Rows & rows, Index key) -> auto& {
        return add(rows, names[static_cast<size_t>(key)], of_key(key),
                   HeadCell{in.cell.layer, in.cell.head, in.cell.query, key});
    };
    for (const Index key : listed.keys)
        add_key(table.rows, key).asked = key == in.cell.key;
    table.folded.reserve(listed.rest.size());
    for (const Index key : listed.rest)
        add_key(table.folded, key);
    if (!listed.rest.empty())
        add(table.rows, wording::count(static_cast<Index>(listed.rest.size()), "other"), of_rest(),
            {})
            .faint = true;
    add(table.rows, "sum", of_all(), {}).total = true;
}

using Cells = std::vector<finding::Table::Cell>;

/// "1st", "2nd", "13th"
std::string ordinal(Index number) {
    const Index last = number % 10;
    const bool teen = number / 10 % 10 == 1;
    const char* end = teen || last < 1 || last > 3 ? "th"
                      : last == 1                  ? "st"
                      : last == 2                  ? "nd"
                                                   : "rd";
    return fmt::format("{}{}", number, end);
}

/// "0.50", "0.125", "10⁻³"
std::string temperature_text(double temperature) {
    const double hundredths = 100 * temperature;
    if (std::abs(hundredths - std::round(hundredths)) < 1e-4 && hundredths > 0.5)
        return fmt::format("{:.2f}", temperature);
    return temperature < 1e-3 ? power_of_ten(temperature) : fmt::format("{:.3g}", temperature);
}

}  // namespace

void add_row(const CellInQuestion& in, Findings& to) {
    const MapRegion region = row_of_map(in.layer, in.cell.query);
    const std::vector<std::string> names =
        wording::tokens(in.subjects.a->key_labels(in.subjects.part));
    Tensor logits = head_map(in.layer, in.cell.head, Quantity::logits, region);
    Tensor weights = head_map(in.layer, in.cell.head, Quantity::weights, region);
    const Content content = content_of(in, weights);
    const Listed listed = listed_keys(in, weights);
    const HeadEdits& edits = in.layer.edits[static_cast<size_t>(in.cell.head)];
    const AttentionMask& mask = edits.mask;

    Index seen = 0, heavier = 0;
    for (Index key = 0; key < in.projections().keys; ++key) {
        seen += mask.visible(in.cell.query, key);
        heavier += weights.data()[key] > weights.data()[in.cell.key];
    }
    const double log_sum =
        in.layer.scores->log_sum_exp(in.cell.head, in.cell.query, in.temperature);
    const bool tempered = in.temperature != 1;
    const double tau = in.temperature;
    const std::string temperature = temperature_text(tau);
    std::string how, caption = "hidden by the mask: weight 0";
    if (in.visible) {
        const std::string rest =
            fmt::format(" {} {}) = {}", log_sum < 0 ? "+" : "−", number_text(std::abs(log_sum), 3),
                        number_text_or_power(in.weight, 3));
        how = fmt::format("softmax of the row: exp({}{}{}, rank {} of {} key{}.",
                          number_text(in.logit, 3), tempered ? " / " + temperature : "", rest,
                          heavier + 1, seen, seen == 1 ? "" : "s");
        // Divided already, as its column has it.
        caption = fmt::format("exp({}{}, {} of {}", number_text(in.logit / tau, 3), rest,
                              ordinal(heavier + 1), seen);
    } else {
        how = "The mask hides this key from this query: its weight is 0 whatever the logit.";
    }
    to.sentences.push_back(how);
    to.stages.push_back({"Weight", caption});

    const auto number = [](const Tensor& of, Index key) {
        return finding::Table::Cell(double{of.data()[key]});
    };
    const auto logit = [&](Index key) -> finding::Table::Cell {
        if (!mask.visible(in.cell.query, key)) return std::string("masked");
        return number(logits, key);
    };
    finding::Table weight_table;
    weight_table.columns = {{"key", "", 0}, {"logit", "", 3, true, true}};
    if (tempered) weight_table.columns.push_back({.title = "÷ τ", .is_signed = true});
    weight_table.columns.push_back({"weight", "", 3, true, false, true});
    // One more cell where there is a temperature.
    const auto cells = [&](finding::Table::Cell of_logit, finding::Table::Cell divided,
                           double weight) {
        Cells row{std::move(of_logit)};
        if (tempered) row.push_back(std::move(divided));
        row.emplace_back(weight);
        return row;
    };
    const auto at_most = [&](double value) {
        return std::isinf(value) ? std::string() : "≤ " + number_text(value, 3);
    };
    // Of those that are left the largest logit that is no mask's.
    double largest = -std::numeric_limits<double>::infinity();
    for (const Index key : listed.rest)
        if (mask.visible(in.cell.query, key))
            largest = std::max(largest, double{logits.data()[key]});
    add_rows(
        in, names, listed, weight_table,
        [&](Index key) {
            const double value = logits.data()[key];
            const bool visible = mask.visible(in.cell.query, key);
            return cells(logit(key), visible ? finding::Table::Cell(value / tau) : std::string(),
                         weights.data()[key]);
        },
        [&] {
            return cells(at_most(largest), at_most(largest / tau), sum_over(weights, listed.rest));
        },
        [&] {
            if (tempered) return cells(std::string(), log_sum, sum_of(weights));
            return cells("log Σ exp " + number_text(log_sum, 3), {}, sum_of(weights));
        });
    auto& asides = weight_table.rows.back().asides;
    if (tempered) asides.push_back({1, "log Σ exp", "log Σ"});
    asides.push_back(
        {tempered ? size_t{3} : size_t{2}, "temperature " + temperature, "τ " + temperature});
    to.findings.push_back({.name = "weight",
                           .title = "Weight",
                           .caption = how,
                           .kind = std::move(weight_table),
                           .citation = "Vaswani et al. 2017",
                           .stage = std::ssize(to.stages)});

    const std::string what =
        "each value through W_O, times its weight; shares of the head's output.";
    to.stages.push_back({"Content", "each value through W_O, times its weight"});
    if (!in.layer.edits[static_cast<size_t>(in.cell.head)].ablation) {
        to.sentences.push_back(
            fmt::format("What {} gives is {} of what the head writes, whose length is {}.",
                        wording::quoted(in.key_label(in.cell.key)),
                        number_text_or_power(content.shares.data()[in.cell.key], 3),
                        number_text(content.output_norm, 2)));
    } else {
        to.sentences.emplace_back(wording::silenced);
        to.stages.back().caption = "silenced: what it would write";
    }
    finding::Table content_table;
    content_table.columns = {{"key", "", 0},
                             {"‖v W_O‖", "", 2, true},
                             {"‖A v W_O‖", "", 2, true},
                             {"share", "", 3, true}};
    add_rows(
        in, names, listed, content_table,
        [&](Index key) {
            return Cells{number(content.value_norms, key), number(content.weighted_norms, key),
                         number(content.shares, key)};
        },
        [&] {
            return Cells{std::string(), std::string(), sum_over(content.shares, listed.rest)};
        },
        [&] {
            return Cells{std::string(), content.output_norm, sum_of(content.shares)};
        });
    content_table.rows.back().asides = {{1, "length of the sum", "of the sum"}};
    to.findings.push_back({.name = "content",
                           .title = "Content",
                           .caption = what,
                           .kind = std::move(content_table),
                           .citation = "Kobayashi et al. 2020",
                           .beside = true,
                           .stage = std::ssize(to.stages)});

    const auto array = [&](std::string_view name, const Tensor& values) {
        Tensor copy = Tensor::uninitialised({values.size()});
        std::copy_n(values.data(), values.size(), copy.data());
        to.arrays.push_back(found_array(in.row_array(name), std::move(copy)));
    };
    array("attention_logits", logits);
    array("attentions", weights);
    array("value_norms", content.weighted_norms);
    array("shares", content.shares);
}

}  // namespace fovea::cell_stages
