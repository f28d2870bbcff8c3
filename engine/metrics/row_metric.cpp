#include "engine/metrics/row_metric.h"

#include <cmath>
#include <limits>

#include "engine/metrics/list.h"

namespace fovea {

#define FOVEA_DECLARE_METRIC(name) RowMetric name##_metric();
FOVEA_METRICS(FOVEA_DECLARE_METRIC)
#undef FOVEA_DECLARE_METRIC

std::span<const RowMetric> row_metrics() {
#define FOVEA_LIST_METRIC(name) name##_metric(),
    static const RowMetric all[] = {FOVEA_METRICS(FOVEA_LIST_METRIC)};
#undef FOVEA_LIST_METRIC
    return all;
}

std::optional<Index> metric_index(std::string_view name) {
    const auto metrics = row_metrics();
    for (size_t i = 0; i < metrics.size(); ++i)
        if (metrics[i].name == name) return static_cast<Index>(i);
    return std::nullopt;
}

float mean_over_queries(std::span<const float> rows) {
    double sum = 0;
    Index defined = 0;
    for (const float value : rows) {
        if (std::isnan(value)) continue;
        sum += value;
        ++defined;
    }
    return defined > 0 ? static_cast<float>(sum / static_cast<double>(defined))
                       : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace fovea
