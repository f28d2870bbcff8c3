#pragma once

#include <functional>
#include <vector>

#include "app/panels/panel.h"

namespace fovea::app {

/// One control of the bar's right-hand group: its width, and what draws it at the cursor.
struct BarControl {
    float width = 0;
    bool needed = true;  ///< others give way where the bar is short
    std::function<void()> draw;
};

/// What there is to choose of the view in the middle, from left to right.
std::vector<BarControl> bar_controls(Frame& frame);

}  // namespace fovea::app
