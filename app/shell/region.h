#pragma once

#include <imgui.h>

#include "app/panels/panel.h"

namespace fovea::app {

/// On the screen, in pixels.
struct Rectangle {
    ImVec2 min, max;
    float width() const { return max.x - min.x; }
    float height() const { return max.y - min.y; }
};

inline constexpr float side_padding = 16;  ///< of a region that panels stand in; design pixels

/// Of the lines between regions, pixels.
float line_thickness(const Frame& frame);

/// A region of the window that panels draw into; scrolls where its content is higher.
bool begin_region(const char* name, const Rectangle& area, ImVec2 padding, bool scrolls);

}  // namespace fovea::app
