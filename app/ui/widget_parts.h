#pragma once

#include <imgui.h>

#include <string_view>

#include "app/ui/widgets.h"

/// What the widgets' own files share: measures, and what differs between versions of Dear ImGui.
namespace fovea::app::widgets::parts {

inline constexpr float heading_height = 18, heading_gap = 6;  ///< design pixels

/// Widgets advance the cursor by exactly their own height, whatever the style's spacing.
class NoSpacing {
  public:
    NoSpacing() { ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0)); }
    ~NoSpacing() { ImGui::PopStyleVar(); }
    NoSpacing(const NoSpacing&) = delete;
    NoSpacing& operator=(const NoSpacing&) = delete;
};

/// The last item has the keyboard, and the person is using it.
bool shows_focus();
/// Thickness of a line of one design pixel, at least one pixel of the display.
float stroke(const Surface& surface);
/// Where the words of the window's last heading end, with air: menus in its row begin after it.
void heading_ends(Surface& surface, float x);
float heading_end(const Surface& surface);
/// Takes room at the cursor.
void advance(ImVec2 size);
/// The tooltip of a control: only once the pointer rests.
void resting_tooltip(Surface& surface, bool hovered, std::string_view lines);
void focus_ring(Surface& surface, const Hit& item, float rounding);
void outline(Surface& surface, ImVec2 min, ImVec2 max, ImU32 colour, float rounding);

/// Text being typed in place of a value. True when it was accepted; `open` is cleared when it ends
/// either way.
struct NumberEntry {
    const char* id;
    ImVec2 min, max;
    double low, high;
    int decimals;
};
bool number_entry(Surface& surface, const NumberEntry& entry, bool& open, double& value);
/// Below it, for a while after a number was typed that is beyond its limits: "largest is 20".
void say_met_limit(Surface& surface, const NumberEntry& entry);

}  // namespace fovea::app::widgets::parts
