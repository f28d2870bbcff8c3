#pragma once

#include "app/maps/colour_scale.h"
#include "app/panels/panel.h"

/// What the views of the middle and the panels beside them draw with alike.
namespace fovea::app {

/// A box on the screen.
struct Area {
    ImVec2 min, max;
    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
};

/// The colours that the view asks for; `unit` says that 0 to 1 is a range that makes sense.
ColourScale colour_scale(const ViewState& view, bool unit);

/// The layer in view, or null.
std::shared_ptr<const LayerTrace> layer_of(const Trace* trace, Index layer);

/// The edits that are in force in what is shown.
const Edits& edits_in_force(const Frame& frame);

/// Uploads the thumbnails of the trace in view.
void show_thumbnails(Frame& frame);

}  // namespace fovea::app
