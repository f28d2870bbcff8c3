#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <memory>

#include "engine/analysis/asked.h"
#include "engine/analysis/wording.h"
#include "engine/core/number_text.h"
#include "engine/edit/head_names.h"
#include "engine/metrics/quantity_names.h"
#include "engine/model/value_norms.h"
#include "engine/trace/head_map.h"

namespace fovea {
namespace {

/// A head's map as squares is drawn up to so many tokens; the map view has all of it at any length.
constexpr Index most_squares = 512;

/// How a head's queries share out themselves among the keys on average, by weight and by norm.
struct KeyShares {
    Eigen::VectorXd weight, norm;  // [keys]
    Index silent = 0;              // queries that write nothing: they count as zeros
};
KeyShares key_shares(const LayerTrace& layer, const Tensor& norms, Index head) {
    const Index queries = layer.projections->queries, keys = layer.projections->keys;
    const Eigen::Map<const Eigen::VectorXf> size(norms.slice(head), keys);
    KeyShares shares{Eigen::VectorXd::Zero(keys), Eigen::VectorXd::Zero(keys)};
    for (Index query = 0; query < queries; ++query) {
        const Tensor row = head_map(layer, head, Quantity::weights, row_of_map(layer, query));
        const Eigen::VectorXd weights =
            Eigen::Map<const Eigen::VectorXf>(row.data(), keys).cast<double>();
        const Eigen::VectorXd written = weights.cwiseProduct(size.cast<double>());
        shares.weight += weights / static_cast<double>(queries);
        if (const double all = written.sum(); all > 0)
            shares.norm += written / (all * static_cast<double>(queries));
        else
            ++shares.silent;
    }
    return shares;
}

FoundArray norms_of_layer(const Subjects& subjects, Index l) {
    const auto layer = subjects.trace().layers[static_cast<size_t>(l)];
    const Projections& p = *layer->projections;
    FoundArray array{
        fmt::format("{}.{}", quantity::value_norm.array, l), {p.heads, p.queries, p.keys}, {}};
    const auto norms = std::make_shared<const ValueNorms>(subjects.a->request.model->model, layer,
                                                          l, subjects.part);
    array.fill = [layer, norms](Index begin, Index end, float* to) {
        for (Index head = begin; head < end; ++head) {
            const Tensor map = head_map(*layer, head, Quantity::value_weighted, whole_map(*layer),
                                        norms->of_head(head));
            to = std::copy_n(map.data(), map.size(), to);
        }
    };
    return array;
}

/// What the mask hides is no zero: nothing stands there.
void leave_out_hidden(const LayerTrace& layer, Index head, Tensor& values) {
    const AttentionMask& mask = layer.edits[static_cast<size_t>(head)].mask;
    for (Index query = 0; query < values.extent(0); ++query)
        for (Index key = 0; key < values.extent(1); ++key)
            if (!mask.visible(query, key))
                values.at(query, key) = std::numeric_limits<float>::quiet_NaN();
}

finding::Matrix squares_of_head(const Subjects& subjects, const HeadId& head, Tensor values,
                                const char* title) {
    leave_out_hidden(*subjects.trace().layers[static_cast<size_t>(head.layer)], head.head, values);
    finding::Matrix matrix;
    matrix.map_of = head;
    const auto axis = [](const char* name, const std::vector<std::string>& labels) {
        finding::PlaceAxis places{name, labels, {}};
        for (Index i = 0; i < std::ssize(labels); ++i)
            places.referents.push_back(TokenAt{i});
        return places;
    };
    matrix.rows = axis("query", subjects.a->query_labels(subjects.part));
    matrix.columns = axis("key", subjects.a->key_labels(subjects.part));
    matrix.value.title = title;
    matrix.value.low = 0;
    matrix.values = std::move(values);
    return matrix;
}

Result<Findings> compute_norms(const Subjects& subjects, const Parameters& parameters,
                               const JobContext& context) {
    FOVEA_TRY(const HeadCell cell, asked::cell(subjects, parameters));
    const Trace& trace = subjects.trace();
    const LayerTrace& layer = *trace.layers[static_cast<size_t>(cell.layer)];
    const Projections& p = *layer.projections;
    if (context.cancel.cancelled()) return Error{std::string(cancelled_message)};
    const Tensor norms = value_norms(subjects.model(), layer, cell.layer, subjects.part);

    Findings found;
    found.question =
        fmt::format("How much of each key does {} write?", head_name({cell.layer, cell.head}));
    found.reading =
        "A weight says how much of a value is taken, ‖A v W_O‖ how much it comes to: a key may get "
        "most of the weight and give next to nothing.";
    if (std::max(p.queries, p.keys) <= most_squares) {
        Tensor written = head_map(layer, cell.head, Quantity::value_weighted, whole_map(layer),
                                  {norms.slice(cell.head), static_cast<size_t>(p.keys)});
        found.findings.push_back(
            {"value_norms", "‖A v W_O‖", "size of what each key writes",
             squares_of_head(subjects, {cell.layer, cell.head}, std::move(written), "‖A v W_O‖"),
             "Kobayashi et al. 2020"});
        finding::Matrix weights = squares_of_head(
            subjects, {cell.layer, cell.head},
            head_map(layer, cell.head, Quantity::weights, whole_map(layer)), "weight");
        weights.value.high = 1;
        found.findings.push_back(
            {"weights", "weight", "the same head's weights", std::move(weights), "", true});
    }
    const KeyShares shares = key_shares(layer, norms, cell.head);
    finding::Bars bars;
    bars.title = "key";
    bars.beside_title = "weight";
    bars.value = {"share of ‖A v W_O‖", "", finding::Scale::linear, false, 0.0};
    const auto& labels = subjects.a->key_labels(subjects.part);
    const std::vector<std::string> names = wording::tokens(labels);
    for (Index key = 0; key < p.keys; ++key)
        bars.bars.push_back(
            {names[static_cast<size_t>(key)], shares.norm[key], TokenAt{key}, shares.weight[key]});
    if (shares.norm.sum() > 0) bars.sum = shares.norm.sum();
    found.findings.push_back({"shares", "by key",
                              "mean over the queries: the bar by ‖A v W_O‖, the tick by weight",
                              std::move(bars), "Kobayashi et al. 2020"});
    Index heaviest = 0, largest = 0;
    shares.weight.maxCoeff(&heaviest);
    shares.norm.maxCoeff(&largest);
    const auto label = [&](Index key) { return wording::quoted(labels[static_cast<size_t>(key)]); };
    found.sentences.push_back(fmt::format(
        "On the mean over its queries {} gets most of the weight, {}; of what is written it is "
        "{}.{}",
        label(heaviest), number_text(shares.weight[heaviest], 3),
        number_text_or_power(shares.norm[heaviest], 3),
        largest == heaviest ? std::string()
                            : fmt::format(" Most is written of {}: {}, at weight {}.",
                                          label(largest), number_text(shares.norm[largest], 3),
                                          number_text_or_power(shares.weight[largest], 3))));
    if (shares.silent > 0)
        found.sentences.push_back(fmt::format(
            "{} of {} queries {} no key and {} nothing: the shares add up to {}.", shares.silent,
            p.queries, shares.silent == 1 ? "sees" : "see", shares.silent == 1 ? "writes" : "write",
            number_text(shares.norm.sum(), 3)));
    if (layer.edits[static_cast<size_t>(cell.head)].ablation)
        found.sentences.emplace_back(wording::silenced);
    for (Index l = 0; l < std::ssize(trace.layers); ++l)
        found.arrays.push_back(norms_of_layer(subjects, l));
    found.metadata.emplace_back("head", fmt::format("[{},{}]", cell.layer, cell.head));
    return found;
}

}  // namespace

Analysis norms_analysis() {
    Analysis analysis;
    analysis.name = "norms";
    analysis.title = "Value-weighted attention";
    analysis.question = "How much of each key is written?";
    analysis.citation = "Kobayashi et al. 2020";
    analysis.reads.cell = true;
    analysis.reads.part = true;
    analysis.compute = compute_norms;
    return analysis;
}

}  // namespace fovea
