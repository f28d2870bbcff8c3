#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

class Application;

/// The name, the model chooser, the prompt, export; below them what is wrong, where something is.
/// Returns the height taken, in pixels.
float draw_top_bar(Application& application, Frame& frame, float width);

/// Menus and dialogs that lie over everything else.
void draw_over_all(Application& application, Frame& frame);

}  // namespace fovea::app
