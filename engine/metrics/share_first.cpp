#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric share_first_metric() {
    return {"share_first",
            "share on the first token",
            "",
            "weight on the first token, the attention sink (Xiao et al. 2023)",
            1.0f,
            [](const AttentionRow& row) { return row.weight(0); }};
}

}  // namespace fovea
