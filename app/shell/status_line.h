#pragma once

#include <imgui.h>

#include "app/panels/panel.h"

namespace fovea::app {

class Application;

/// The quiet line at the bottom: how much was read, how long it took, who computes, what is
/// changed.
void draw_status_line(Application& application, Frame& frame, ImVec2 min, ImVec2 max);

}  // namespace fovea::app
