#include "engine/metrics/row_metric.h"

namespace fovea {

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
