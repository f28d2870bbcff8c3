#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric share_next_metric() {
    return {"share_next", "share on the next token",
            "",           "weight on the token after (Clark et al. 2019); 0 at the last token",
            1.0f,         [](const AttentionRow& row) { return row.weight(row.query + 1); }};
}

}  // namespace fovea
