#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric share_previous_metric() {
    return {"share_previous",
            "share on the previous token",
            "",
            "weight on the token before (Clark et al. 2019); 0 at the first token",
            1.0f,
            [](const AttentionRow& row) { return row.weight(row.query - 1); }};
}

}  // namespace fovea
