#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric share_self_metric() {
    return {"share_self", "share on itself",
            "",           "weight of a query on its own position (Kovaleva et al. 2019)",
            1.0f,         [](const AttentionRow& row) { return row.weight(row.query); }};
}

}  // namespace fovea
