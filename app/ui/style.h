#pragma once

#include "app/ui/theme.h"

namespace fovea::app {

/// Gives ImGui's own parts (windows, popups, scroll bars, text fields) the look of the program.
void apply_style(const Theme& theme, float scale);

}  // namespace fovea::app
