#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "engine/trace/head_map.h"

namespace fovea {
namespace {

// Tokens in the middle of the cells that `cells` make of [begin, begin + whole).
std::vector<Index> middles(Index begin, Index whole, Index cells) {
    std::vector<Index> tokens;
    for (Index i = 0; i < cells; ++i) {
        const Index first = pooled_begin(i, cells, whole);
        tokens.push_back(begin + first + (pooled_begin(i + 1, cells, whole) - first) / 2);
    }
    return tokens;
}

using Doubles = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// In double precision: there are few of them, and a low temperature magnifies rounding.
Doubles gathered(const float* rows, Index width, const std::vector<Index>& tokens) {
    Doubles result(static_cast<Index>(tokens.size()), width);
    for (size_t i = 0; i < tokens.size(); ++i)
        result.row(static_cast<Index>(i)) =
            Eigen::Map<const Eigen::RowVectorXf>(rows + tokens[i] * width, width).cast<double>();
    return result;
}

// What the vector of their distance adds to the logit of a query and a key.
double distance_logit(const Projections& p, Index head, Index query, Index key) {
    const auto row = [&](const float* rows, Index at) -> Eigen::VectorXd {
        return Eigen::Map<const Eigen::VectorXf>(rows + at * p.head_dim, p.head_dim).cast<double>();
    };
    Eigen::VectorXd other = row(p.query_of(head), query);
    if (p.keys_know_distance) other += row(p.key_of(head), key);
    return double{p.scale} * row(p.distance.data(), key - query + p.queries - 1).dot(other);
}

}  // namespace

Tensor sampled_head_map(const LayerTrace& layer, Index head, Quantity quantity,
                        const MapRegion& region, Index rows, Index columns,
                        std::span<const float> value_norms) {
    const Projections& p = *layer.projections;
    const HeadEdits& edits = layer.edits[static_cast<size_t>(head)];
    const auto queries = middles(region.query_begin, region.rows(), std::min(rows, region.rows()));
    const auto keys =
        middles(region.key_begin, region.columns(), std::min(columns, region.columns()));
    Tensor map = Tensor::uninitialised(
        {static_cast<Index>(queries.size()), static_cast<Index>(keys.size())});
    if (map.empty()) return map;
    const Doubles logits = (double{p.scale} * gathered(p.query_of(head), p.head_dim, queries)) *
                           gathered(p.key_of(head), p.head_dim, keys).transpose();
    const float* bias = p.bias_of(head);
    const bool scores = quantity == Quantity::logits || quantity == Quantity::masked_logits;
    const float hidden = scores ? -std::numeric_limits<float>::infinity() : 0.0f;
    for (Index r = 0; r < map.extent(0); ++r) {
        const Index query = queries[static_cast<size_t>(r)];
        const double log_sum_exp = layer.scores->log_sum_exp(head, query, edits.temperature);
        for (Index c = 0; c < map.extent(1); ++c) {
            const Index key = keys[static_cast<size_t>(c)];
            double value = logits(r, c);
            if (bias != nullptr) value += bias[key - query + p.queries - 1];
            if (!p.distance.empty()) value += distance_logit(p, head, query, key);
            if (quantity != Quantity::logits) {
                value /= edits.temperature;
                if (!edits.mask.visible(query, key))
                    value = hidden;
                else if (!scores)
                    value = std::exp(value - log_sum_exp);
                if (quantity == Quantity::value_weighted)
                    value *= value_norms[static_cast<size_t>(key)];
            }
            map.at(r, c) = static_cast<float>(value);
        }
    }
    return map;
}

}  // namespace fovea
