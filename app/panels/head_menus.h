#pragma once

#include <string>

#include "app/panels/panel.h"

namespace fovea::app {

/// "layer", "entropy ↑": what sorts the heads, and whether the lowest or the highest come first.
std::string order_label(const ViewState& view);
/// "none", "largest weight".
std::string frame_label(const ViewState& view);

/// The items of an open menu: every measure, and up or down.
void order_items(Frame& frame);
/// Every measure, and tints by how much the edits changed the heads.
void frame_items(Frame& frame);

/// The next order, and up or down: what keys do.
void next_order(ViewState& view);
void turn_order(ViewState& view);

}  // namespace fovea::app
