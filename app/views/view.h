#pragma once

#include <functional>
#include <vector>

#include "app/panels/panel.h"
#include "app/panels/view_parts.h"

namespace fovea::app {

/// One control of the bar's right-hand group: its width, and what draws it at the cursor.
struct BarControl {
    float width = 0;
    bool needed = true;  ///< others give way where the bar is short
    std::function<void()> draw;
};

/// A way in which the middle shows what a model makes of a sentence. Its key is the digit of its
/// place in list.h.
struct View {
    const char* name;     ///< unique; in sessions
    const char* label;    ///< of its tab
    const char* tooltip;  ///< what it shows, one line
    /// Fills the area below the bar.
    void (*draw)(Frame& frame, Area area);
    /// What there is to choose, at the bar's right, from left to right.
    std::vector<BarControl> (*controls)(Frame& frame);
    bool of_one_head = true;  ///< the bar says which
    bool compares = false;    ///< it shows a difference, and so do pictures and copies of it
};

}  // namespace fovea::app
