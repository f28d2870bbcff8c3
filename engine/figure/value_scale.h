#pragma once

#include <vector>

#include "engine/core/colour_map.h"
#include "engine/figure/number_axis.h"

namespace fovea {

/// From a value to its colour, and what stands beside the bar that explains it.
struct ValueScale {
    ColourMapName map = ColourMapName::viridis;
    double low = 0;
    double high = 1;
    bool logarithmic = false;  ///< then 0 < low < high; smaller values take the lowest colour

    using Tick = AxisTick;
    NumberAxis axis() const {
        return {logarithmic ? finding::Scale::logarithmic : finding::Scale::linear, low, high};
    }
    Colour colour(float value) const { return colour_at(map, axis().share(value)); }
    /// See NumberAxis::ticks.
    std::vector<Tick> ticks(int wanted) const { return axis().ticks(wanted); }
};

}  // namespace fovea
