#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/maps/colour_scale.h"
#include "app/panels/map_geometry.h"
#include "app/panels/map_paint.h"
#include "app/panels/panel.h"
#include "app/panels/view_parts.h"

namespace fovea::app {

/// Room that the labels take around a map, in pixels.
struct AxisRoom {
    float left = 0, top = 0;
    float label_left = 0;  ///< widest label of the left axis, clipped
    float label_top = 0;   ///< the same of the upper one, along its turned text
    float numbers = 0;     ///< of the tokens' numbers beside the labels; 0 where there are none
};
AxisRoom axis_room(const Frame& frame);

/// Tokens at the left (queries) and, turned by 60 degrees, above (keys), with their numbers where
/// there are many; hovered, chosen and sought ones blue, hidden ones underlined in amber; "keys →"
/// and "← queries". Returns the token under the pointer through
/// view.hover.
void draw_axes(Frame& frame, const MapWindow& window, const AxisRoom& room,
               const PaintedBlocks& painted);

/// The colours of a scale with its ticks, in a column of its own.
void draw_colour_bar(Frame& frame, ImVec2 corner, float height, const ColourScale& scale);

/// Text turned around the middle of its left end, anticlockwise in radians.
struct TurnedText {
    ImFont* font = nullptr;
    ImVec2 position;  ///< of the middle of the left end
    float angle = 0;
    float width = 0;  ///< longer text is clipped with an ellipsis
    ImU32 colour = 0;
};
void turned_text(ImDrawList* list, const TurnedText& how, std::string_view text);

/// A token's label, cut at `width`; the mark of a space that it begins with is faint, so that words
/// are read as words.
void token_text(ImDrawList* list, ImFont* font, ImVec2 position, float width, ImU32 colour,
                std::string_view label);

/// A number for a tick or a tooltip: three significant places, no trailing noise.
std::string short_number(float value);

}  // namespace fovea::app
