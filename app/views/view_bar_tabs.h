#pragma once

#include "app/views/view_bar.h"

namespace fovea::app {

/// The bar's left: which view the middle shows. At `corner` of a bar so high.
void draw_tabs(Frame& frame, ImVec2 corner, float height);
float tabs_width(const Frame& frame);

/// The tabs as one menu, where the bar is too short for them.
void draw_tabs_choice(Frame& frame, ImVec2 corner, float height);
float tabs_choice_width(const Frame& frame);

/// Below the bar of an encoder-decoder: whose attention all panels show, and of which head. Leaves
/// in `area` what is below.
void draw_part_row(Frame& frame, Area& area);

}  // namespace fovea::app
