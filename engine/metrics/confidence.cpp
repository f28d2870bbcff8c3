#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric confidence_metric() {
    return {"confidence", "largest weight",
            "",           "largest weight of the row (Voita et al. 2019)",
            1.0f,         [](const AttentionRow& row) { return row.largest; }};
}

}  // namespace fovea
