#pragma once

#include <optional>

#include "app/panels/map_geometry.h"
#include "app/panels/panel.h"

namespace fovea::app {

/// Takes the mouse over a map: hover, wheel to zoom at the pointer, drag to pan (the middle
/// button, or the left one without a paint tool), double-click to see the whole, the left button
/// with a paint tool to paint. `window` is moved at once. Returns the cell under the pointer.
std::optional<Cell> map_input(Frame& frame, MapWindow& window);

}  // namespace fovea::app
