#pragma once

#include <limits>
#include <vector>

#include "app/panels/panel.h"

namespace fovea::app {

/// A metric's mean over the queries of every head of the trace in view.
struct HeadMeans {
    std::vector<float> values;  // [layers * heads]; NaN where it is undefined
    Index heads = 0;
    float largest = 0;  ///< of those that are defined

    float of(HeadId id) const {
        const auto i = static_cast<size_t>(id.layer * heads + id.head);
        return id.head < heads && i < values.size() ? values[i]
                                                    : std::numeric_limits<float>::quiet_NaN();
    }
};

/// Kept while the same trace is shown: a deep model with a long sentence has millions of rows.
/// `metric` is its place in row_metrics(). UI thread only.
const HeadMeans& head_means(const Frame& frame, Index metric);

}  // namespace fovea::app
