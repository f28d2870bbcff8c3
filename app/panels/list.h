#pragma once

#include <span>

#include "app/panels/panel.h"

namespace fovea::app {

/// Where the layout puts a panel. In the columns panels stand below one another in the order of the
/// list, parted by one-pixel lines; each draws at the cursor of the current ImGui window and takes
/// the height it needs.
enum class Place { left, right, bottom };

struct Panel {
    const char* name;     ///< unique; ImGui's id
    const char* heading;  ///< drawn by the layout in spaced capitals; "" for none
    Place place;
    void (*draw)(Frame& frame);
    /// Where it is there at times only, whether it is now; null: always.
    bool (*is_shown)(const Frame& frame) = nullptr;
    /// A key folds it: Ctrl and its place among those that have one.
    bool numbered = true;
};

inline bool is_shown(const Panel& panel, const Frame& frame) {
    return !panel.is_shown || panel.is_shown(frame);
}

/// Every panel. X(name) stands for a function `Panel name##_panel()` in name.cpp.
#define FOVEA_PANELS(X) \
    X(why)              \
    X(heads)            \
    X(entropy)          \
    X(entropy_by_token) \
    X(temperature)      \
    X(mask)             \
    X(silenced_heads)   \
    X(next_token)       \
    X(this_square)      \
    X(this_cell)        \
    X(edits)            \
    X(tokens)

std::span<const Panel> panels();

}  // namespace fovea::app
