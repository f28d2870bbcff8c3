#pragma once

#include <vector>

#include "app/panels/panel.h"
#include "app/panels/view_parts.h"

namespace fovea::app {

/// The heads whose lines are drawn: the chosen one, then those beside it.
std::vector<HeadId> shown_heads(const Frame& frame);

/// A head's colour in the lines view; the chosen one is blue.
ImU32 strand_colour(const Frame& frame, HeadId head);

/// A square for every head of the chosen layer, then for those chosen in other layers; at the right
/// how many lines there are, and how light the lightest is.
void lines_legend(Frame& frame, Area area);

}  // namespace fovea::app
