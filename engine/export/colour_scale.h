#pragma once

#include <string>
#include <vector>

#include "engine/core/colour_map.h"
#include "engine/export/export.h"

namespace fovea {

/// From a value to its colour, and what stands beside the bar that explains it.
struct ColourScale {
    ColourMapName map = ColourMapName::viridis;
    double low = 0;
    double high = 1;
    bool logarithmic = false;  ///< then 0 < low < high; smaller values take the lowest colour

    struct Tick {
        double share;  ///< of the way from low to high
        std::string label;
    };
    Colour colour(float value) const;
    /// Between two and `wanted` ticks at round numbers (one at most where high is hardly above
    /// low).
    std::vector<Tick> ticks(int wanted) const;
};

/// The scale of a job whose drawn values lie in [smallest, largest] (finite ones only; smallest
/// above largest where there are none).
ColourScale colour_scale_of(const ExportJob& job, ColourMapName map, float smallest, float largest);

}  // namespace fovea
