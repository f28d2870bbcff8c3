#pragma once

#include "app/panels/head_layout.h"
#include "app/panels/panel.h"

namespace fovea::app {

/// The indices of layers and heads beside a layout: every one, or every second or fifth where they
/// would touch. The chosen head's and the hovered one's are blue.
void draw_indices(Frame& frame, ImVec2 corner, const HeadLayout& layout);

}  // namespace fovea::app
