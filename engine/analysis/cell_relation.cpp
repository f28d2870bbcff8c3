#include <fmt/format.h>

#include <cmath>

#include "engine/analysis/cell_stages.h"
#include "engine/analysis/wording.h"
#include "engine/arch/arch_spec.h"
#include "engine/core/number_text.h"
#include "engine/edit/head_names.h"
#include "engine/model/weights.h"

namespace fovea::cell_stages {
namespace {

/// Dimensions of a head that belong together: two that rotate together, or one that does not.
struct Group {
    std::vector<Index> dimensions;
    std::optional<float> radians;  ///< it turns so much a token
};

/// Fast turns first, then what does not turn (Su et al. 2021).
std::vector<Group> groups_of(const CellInQuestion& in) {
    const Stack& stack = in.subjects.model().stack(in.subjects.part);
    const Index all = in.projections().head_dim;
    std::vector<Group> groups;
    Index turning = 0;
    if (stack.arch->position == PositionKind::rotary && in.subjects.part != Part::cross) {
        const RotarySettings& rotary = stack.config->rotary_of(in.cell.layer);
        const auto radians = rotary_frequencies(rotary, in.subjects.trace().length());
        turning = rotary.dimensions;
        for (Index i = 0; i < turning / 2; ++i)
            groups.push_back({{i, i + turning / 2}, radians[static_cast<size_t>(i)]});
    }
    for (Index i = turning; i < all; ++i)
        groups.push_back({{i}, std::nullopt});
    return groups;
}

std::string label_of(const Group& group) {
    return fmt::format("{}", group.dimensions[0]);
}

std::string in_full(const Group& group) {
    const Index first = group.dimensions[0];
    if (group.dimensions.size() == 1) return fmt::format("dimension {}", first);
    return fmt::format("pair {} · dimensions {} and {}", first, first, group.dimensions[1]);
}

bool has_position_bias(const Projections& p) {
    return !p.bias.empty() || !p.distance.empty();
}

/// The products' way to the logit, line by line.
finding::Table way_to_logit(const CellInQuestion& in, const finding::Bars& products, bool pairs) {
    double above = 0, below = 0;
    Index for_it = 0, against = 0;
    for (const auto& product : products.bars) {
        (product.value < 0 ? below : above) += product.value;
        ++(product.value < 0 ? against : for_it);
    }
    const std::string_view one = pairs ? "pair" : "dimension";
    const double dot = above + below;
    const double scale = in.projections().scale;
    finding::Table table;
    table.columns = {{"", "", 0}, {"", "", 3}};
    const auto row = [&](std::string words, double value, bool total = false) {
        table.rows.push_back({{std::move(words), value}, {}, {}, total});
    };
    row(wording::count(for_it, one) + " for", above);
    row(wording::count(against, one) + " against", below);
    row("q·k", dot, true);
    row("× scale", scale);
    const double beside = in.logit - dot * scale;
    if (has_position_bias(in.projections())) row("+ position bias", beside);
    row("logit", in.logit, true);
    return table;
}

}  // namespace

void add_relation(const CellInQuestion& in, Findings& to) {
    const Projections& p = in.projections();
    const float* q = p.query_of(in.cell.head) + in.cell.query * p.head_dim;
    const float* k = p.key_of(in.cell.head) + in.cell.key * p.head_dim;
    const std::vector<Group> groups = groups_of(in);
    const bool pairs = groups.front().radians.has_value();

    // A pair's two dimensions stand side by side.
    finding::Matrix components;
    finding::Bars bars;
    finding::Series sum;
    Tensor both = Tensor::uninitialised({2, p.head_dim});
    Index column = 0;
    double so_far = 0;
    finding::Series::Line line{"sum", {}};
    for (const Group& group : groups) {
        double product = 0;
        for (const Index i : group.dimensions) {
            both.at(0, column) = q[i];
            both.at(1, column) = k[i];
            components.columns.labels.push_back(fmt::format("{}", i));
            ++column;
            product += double{q[i]} * k[i];
        }
        so_far += product;
        line.values.push_back(static_cast<float>(so_far));
        bars.bars.push_back(
            {.label = label_of(group), .value = product, .in_full = in_full(group)});
        sum.x.labels.push_back(label_of(group));
        sum.x.in_full.push_back(in_full(group));
    }
    components.rows = {"", {"q", "k"}, {}};
    components.columns.title = "dimension";
    components.value = {"component", "", finding::Scale::square_root, true};
    components.values = std::move(both);
    bars.title = pairs ? fmt::format("pair of dimensions i, i + {}",
                                     groups.front().dimensions[1] - groups.front().dimensions[0])
                       : "dimension";
    bars.value = {"q·k", "", finding::Scale::linear, true};
    bars.sum = so_far;
    bars.upright = true;
    finding::Table way = way_to_logit(in, bars, pairs);
    sum.x.title = bars.title;
    sum.steps = true;
    if (pairs) {
        const auto turns = [](float radians) {
            return fmt::format("turns {:.2g} rad a token", radians);
        };
        sum.x.first = turns(*groups.front().radians);
        sum.x.last = groups.back().radians ? turns(*groups.back().radians) : "does not turn";
    }
    sum.y = {"sum", "", finding::Scale::linear, true};
    sum.lines.push_back(std::move(line));

    std::string how = fmt::format("q and k multiplied, {} dimensions", p.head_dim);
    if (pairs) how += "; two that rotate together stand as a pair, fast pairs left";
    to.stages.push_back({"Relation", how});
    const Index stage = std::ssize(to.stages);
    to.findings.push_back({.name = "components",
                           .title = "q and k",
                           .caption = how,
                           .kind = std::move(components),
                           .stage = stage});
    // The three share their dimensions: under one another, pair under pair.
    to.findings.push_back({.name = "products",
                           .title = "q·k",
                           .caption = "",
                           .kind = std::move(bars),
                           .citation = "Vaswani et al. 2017",
                           .under = true,
                           .stage = stage});
    to.findings.push_back({.name = "sum",
                           .title = "sum from left to right",
                           .caption = "",
                           .kind = std::move(sum),
                           .under = true,
                           .stage = stage});
    to.sentences.push_back(fmt::format(
        "In {} q·k is {}, times the scale {:.4g}{} the logit is {}.",
        head_name({in.cell.layer, in.cell.head}), number_text(so_far, 2), p.scale,
        has_position_bias(p) ? fmt::format(" and with the position's {}",
                                           number_text(in.logit - so_far * p.scale, 3, true))
                             : std::string(),
        number_text(in.logit, 3)));
    to.findings.push_back({.name = "logit",
                           .title = "logit",
                           .caption = "",
                           .kind = std::move(way),
                           .beside = true,
                           .stage = stage});

    const auto vector = [&](const float* data) {
        Tensor copy = Tensor::uninitialised({p.head_dim});
        std::copy_n(data, p.head_dim, copy.data());
        return copy;
    };
    to.arrays.push_back(found_array(in.array("query"), vector(q)));
    to.arrays.push_back(found_array(in.array("key"), vector(k)));
}

}  // namespace fovea::cell_stages
