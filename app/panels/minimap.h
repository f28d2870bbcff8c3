#pragma once

#include <optional>

#include "app/panels/map_geometry.h"
#include "app/panels/panel.h"
#include "app/panels/view_parts.h"

namespace fovea::app {

/// Where the small picture of the whole map stands: at the lower end of the room right of a map,
/// below `reserved` pixels of it. Nullopt where it would be too small to read.
std::optional<Area> minimap_area(const Frame& frame, Area room, MapExtent extent, float reserved);

/// The whole of the chosen head in small, with the part in view framed in blue, the words that were
/// found marked at its edges. Takes the mouse: click or drag to go there, wheel to zoom. Call it
/// before the map is drawn: what it moves is seen in the same frame.
void minimap(Frame& frame, MapExtent extent, Area area);

}  // namespace fovea::app
