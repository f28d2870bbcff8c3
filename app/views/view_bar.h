#pragma once

#include "app/panels/view_parts.h"

namespace fovea::app {

/// Left and right of what is in the bar, in design pixels.
inline constexpr float view_bar_padding = 16;

/// The row above the middle: which view at the left, what it shows and how at the right. Draws at
/// the top of the current ImGui window over its whole width and returns what is left below.
Area view_bar(Frame& frame);

/// The view in the middle, with its bar, in the current ImGui window.
void draw_view(Frame& frame);

}  // namespace fovea::app
