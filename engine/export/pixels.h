#pragma once

#include "engine/export/export.h"
#include "engine/figure/scene.h"

namespace fovea {

/// The scene as pixels in memory, `scale` to its unit. Errors: it would be too large.
Result<Picture> pixels_of(const Scene& scene, double scale);

}  // namespace fovea
