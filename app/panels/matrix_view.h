#pragma once

#include <string>

#include "app/maps/colour_scale.h"
#include "app/panels/map_picture.h"
#include "app/panels/panel.h"
#include "app/panels/view_parts.h"

namespace fovea::app {

/// A map with its axes, crosshair, painted cells, values and colour bar in an area of the current
/// ImGui window; takes the mouse: hover, zoom at the pointer, pan, paint. Shared by the map and the
/// difference view.
void matrix_view(Frame& frame, const MapPicture& picture, Area area, const ColourScale& scale);

/// A sentence in the middle of an area, muted.
void notice(Frame& frame, Area area, std::string_view sentence);
/// Why there is nothing to see there yet.
void nothing_to_see(Frame& frame, Area area);

/// Beside a map of weights in colours from 0 to 1 that all are the lowest: how to see more of it;
/// empty where the largest weight stands out.
std::string fit_hint(float largest);

}  // namespace fovea::app
