#pragma once

#include "engine/figure/shown_heads.h"
#include "engine/figure/value_scale.h"

namespace fovea {

/// The scale of maps whose drawn values lie in [smallest, largest] (finite ones only; smallest
/// above largest where there are none).
ValueScale colour_scale_of(const ShownHeads& job, ColourMapName map, float smallest, float largest);

}  // namespace fovea
