#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/metrics/row_metric.h"

namespace fovea {

RowMetric entropy_normalised_metric() {
    return {"entropy_normalised",
            "share of the maximum",
            "",
            "entropy divided by the logarithm of the number of visible keys (Pielou 1966), 0 to 1; "
            "undefined where only one key is visible",
            1.0f,
            [](const AttentionRow& row) {
                if (row.visible < 2) return std::numeric_limits<float>::quiet_NaN();
                return std::min(1.0f, row.entropy / std::log(static_cast<float>(row.visible)));
            }};
}

}  // namespace fovea
