#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/metrics/row_metric.h"

namespace fovea {
namespace {

/// |offset|, |offset + 1|, … of `count` keys: a piece of … 2 1 0 1 2 …, which is made once for as
/// many tokens as there have been.
Eigen::Map<const Eigen::ArrayXf> distances_from(Index offset, Index count) {
    thread_local std::vector<float> away;
    const Index reach = std::max(std::abs(offset), std::abs(offset + count - 1));
    auto middle = static_cast<Index>(away.size() / 2);
    if (away.empty() || middle < reach) {
        middle = std::max<Index>(128, 2 * reach);
        away.resize(static_cast<size_t>(2 * middle + 1));
        for (Index i = -middle; i <= middle; ++i)
            away[static_cast<size_t>(middle + i)] = static_cast<float>(std::abs(i));
    }
    return {away.data() + middle + offset, count};
}

}  // namespace

RowMetric mean_distance_metric() {
    return {"mean_distance",
            "mean distance",
            "tokens",
            "Σ w |query - key|, in tokens (Vig & Belinkov 2019)",
            std::nullopt,
            [](const AttentionRow& row) {
                const auto size = static_cast<Index>(row.weights.size());
                const Eigen::Map<const Eigen::ArrayXf> weights(row.weights.data(), size);
                return (weights * distances_from(row.first_key - row.query, size)).sum();
            }};
}

}  // namespace fovea
