#include <Eigen/Core>
#include <cmath>

#include "engine/metrics/row_metric.h"

namespace fovea {
namespace {

/// Σ w |offset + i| over the row.
float expected_distance(std::span<const float> weights, Index offset) {
    using Some = Eigen::Array<float, 16, 1>;
    const Some steps = Some::LinSpaced(0, 15);
    const auto size = static_cast<Index>(weights.size());
    Some sums = Some::Zero();
    Index i = 0;
    for (; i + 16 <= size; i += 16)
        sums += Eigen::Map<const Some>(weights.data() + i) *
                (steps + static_cast<float>(offset + i)).abs();
    float sum = sums.sum();
    for (; i < size; ++i)
        sum += weights[static_cast<size_t>(i)] * static_cast<float>(std::abs(offset + i));
    return sum;
}

}  // namespace

RowMetric mean_distance_metric() {
    return {"mean_distance",
            "mean distance",
            "tokens",
            "Σ w |query - key|, in tokens (Vig & Belinkov 2019)",
            std::nullopt,
            [](const AttentionRow& row) {
                return expected_distance(row.weights, row.first_key - row.query);
            }};
}

}  // namespace fovea
