#include <Eigen/Core>
#include <limits>

#include "engine/metrics/row_metric.h"

namespace fovea {

float entropy_of(std::span<const float> weights, std::span<const float> log_weights) {
    const auto size = static_cast<Eigen::Index>(weights.size());
    const Eigen::Map<const Eigen::ArrayXf> w(weights.data(), size);
    const Eigen::Map<const Eigen::ArrayXf> log_w(log_weights.data(), size);
    // A weight of zero has a logarithm of -infinity, and zero times infinity is NaN: zero times
    // anything finite is what is meant.
    const float entropy = -(w * log_w.max(std::numeric_limits<float>::lowest())).sum();
    return entropy > 0 ? entropy : 0.0f;  // rounding can leave -1e-8 where one key takes all
}

RowMetric entropy_metric() {
    return {
        "entropy",
        "entropy",
        "nats",
        "Shannon entropy of the row, -Σ w ln w (Shannon 1948; of attention: Ghader & Monz 2017)",
        std::nullopt,
        [](const AttentionRow& row) { return row.entropy; }};
}

}  // namespace fovea
