#pragma once

#include "app/panels/head_layout.h"
#include "app/panels/panel.h"
#include "app/panels/view_parts.h"

namespace fovea::app {

/// The layout of the grid in a room, sorted as the view says: in blocks of layers, or in rows.
HeadLayout grid_layout(const Frame& frame, const HeadRoom& room);

/// Every head of every layer at a place of the screen: draws, and takes the mouse (click selects,
/// Ctrl+click adds to the lines, right click silences; a layer's index has a menu). `layout` is of
/// layers and heads, or, where the view sorts the heads, of rows. Scrolls to the chosen head where
/// it was chosen by a key.
void head_grid(Frame& frame, ImVec2 corner, const HeadLayout& layout);

}  // namespace fovea::app
