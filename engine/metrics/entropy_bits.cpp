#include <numbers>

#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric entropy_bits_metric() {
    return {"entropy_bits",
            "entropy in bits",
            "bits",
            "Shannon entropy of the row, -Σ w log2 w (Shannon 1948)",
            std::nullopt,
            [](const AttentionRow& row) { return row.entropy / std::numbers::ln2_v<float>; }};
}

}  // namespace fovea
