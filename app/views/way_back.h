#pragma once

#include <string>

#include "app/panels/panel.h"

namespace fovea::app {

/// Around the figure of an explanation, in design pixels.
inline constexpr float figure_margin = 16;

/// What was asked before the last clicks within an explanation and what is asked now, in words:
/// "L24 head 4 · to → Mary". Where no cell was pinned, that with the query's heaviest key.
std::string asked_in_words(const Frame& frame, const ViewState::Asked& asked);

/// The steps of the trail beside the question, at the right: each goes back to it, the last one is
/// what is asked now. Where there is no room, the first ones give way to "…". The figure stands at
/// the cursor, `width` pixels wide.
void draw_way_back(Frame& frame, float width, const std::string& question);

}  // namespace fovea::app
