#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

/// A sentence longer than this has the numbers of its tokens beside their labels.
inline constexpr Index numbered_from = 100;

/// The widest label on an axis in pixels of the interface's face, up to 160 design pixels. Measured
/// once for a reading, not in every frame. UI thread only.
float widest_label(const Frame& frame, bool queries);

}  // namespace fovea::app
