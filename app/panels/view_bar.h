#pragma once

#include "app/maps/colour_scale.h"
#include "app/panels/panel.h"

namespace fovea::app {

/// A box on the screen.
struct Area {
    ImVec2 min, max;
    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
};

/// Left and right of what is in the bar, in design pixels.
inline constexpr float view_bar_padding = 16;

/// The row above the middle: which view at the left, what it shows and how at the right. Draws at
/// the top of the current ImGui window over its whole width and returns what is left below.
Area view_bar(Frame& frame);

/// The colours that the view asks for; `unit` says that 0 to 1 is a range that makes sense.
ColourScale colour_scale(const ViewState& view, bool unit);

/// The layer in view, or null.
std::shared_ptr<const LayerTrace> layer_of(const Trace* trace, Index layer);

/// The edits that are in force in what is shown.
const Edits& edits_in_force(const Frame& frame);

/// Uploads the thumbnails of the trace in view.
void show_thumbnails(Frame& frame);

}  // namespace fovea::app
