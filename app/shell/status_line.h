#pragma once

#include <imgui.h>

#include <string>

#include "app/panels/panel.h"

namespace fovea::app {

class Application;

/// "forward 2.1 ms", "forward 12.0 s", "forward unchanged" where nothing had to be computed.
std::string forward_words(double milliseconds);

/// The quiet line at the bottom: how much was read, how long it took, who computes, what is
/// changed.
void draw_status_line(Application& application, Frame& frame, ImVec2 min, ImVec2 max);

}  // namespace fovea::app
