#include "app/panels/head_means.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "app/panels/panel_parts.h"

namespace fovea::app {

const HeadMeans& head_means(const Frame& frame, Index metric) {
    struct Memory {
        std::weak_ptr<const Reading> reading;
        const Trace* trace = nullptr;
        std::map<Index, HeadMeans> by_metric;
    };
    Memory& memory = frame.cache->of<Memory>();
    const bool same = !memory.reading.owner_before(frame.reading) &&
                      !frame.reading.owner_before(memory.reading) && memory.trace == frame.trace;
    if (!same) memory = {frame.reading, frame.trace, {}};
    const auto [found, is_new] = memory.by_metric.try_emplace(metric);
    HeadMeans& means = found->second;
    if (!is_new || !frame.trace) return means;
    means.heads = frame.heads();
    for (Index layer = 0; layer < frame.layers(); ++layer)
        for (Index head = 0; head < frame.heads(); ++head) {
            const float mean = mean_over_queries(metric_rows(*frame.trace, metric, {layer, head}));
            means.values.push_back(mean);
            if (std::isfinite(mean)) means.largest = std::max(means.largest, mean);
        }
    return means;
}

}  // namespace fovea::app
