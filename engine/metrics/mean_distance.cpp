#include <Eigen/Core>

#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric mean_distance_metric() {
    return {
        "mean_distance",
        "mean distance",
        "tokens",
        "Σ w |query - key|, in tokens (Vig & Belinkov 2019)",
        std::nullopt,
        [](const AttentionRow& row) {
            const auto size = static_cast<Eigen::Index>(row.weights.size());
            const auto offset = static_cast<float>(row.first_key - row.query);
            const auto distance =
                Eigen::ArrayXf::LinSpaced(size, offset, offset + static_cast<float>(size - 1))
                    .abs();
            return (Eigen::Map<const Eigen::ArrayXf>(row.weights.data(), size) * distance).sum();
        }};
}

}  // namespace fovea
