#pragma once

#include "engine/export/export.h"
#include "engine/figure/colour_scale.h"

namespace fovea {

/// The scale of a job whose drawn values lie in [smallest, largest] (finite ones only; smallest
/// above largest where there are none).
ColourScale colour_scale_of(const ExportJob& job, ColourMapName map, float smallest, float largest);

}  // namespace fovea
