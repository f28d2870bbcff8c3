#pragma once

#include "app/panels/panel.h"

namespace fovea::app {

class Application;

/// The whole window in one frame: the bar with the prompt, notices, three columns, the token
/// strip, the status line, and what lies over them.
void draw_window(Application& application, Frame& frame);

}  // namespace fovea::app
