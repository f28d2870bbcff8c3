#pragma once

#include "engine/figure/colour_scale.h"
#include "engine/figure/shown_heads.h"

namespace fovea {

/// The scale of maps whose drawn values lie in [smallest, largest] (finite ones only; smallest
/// above largest where there are none).
ColourScale colour_scale_of(const ShownHeads& job, ColourMapName map, float smallest,
                            float largest);

}  // namespace fovea
