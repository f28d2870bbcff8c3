#include "app/ui/widgets.h"

#include <imgui_internal.h>

#include <cmath>

#include "app/ui/widget_parts.h"

namespace fovea::app::widgets {

namespace parts {

bool shows_focus() {
    const ImGuiContext& context = *ImGui::GetCurrentContext();
#if IMGUI_VERSION_NUM >= 19140
    return ImGui::IsItemFocused() && context.NavCursorVisible;
#else
    return ImGui::IsItemFocused() && !context.NavDisableHighlight;
#endif
}

float stroke(const Surface& surface) {
    return std::max(1.0f, std::floor(surface.px(1)));
}

namespace {
constexpr ImGuiID heading_end_key = 0x68656164;
}

void heading_ends(Surface& surface, float x) {
    ImGui::GetStateStorage()->SetFloat(heading_end_key,
                                       x - ImGui::GetWindowPos().x + surface.px(10));
}

float heading_end(const Surface&) {
    return ImGui::GetWindowPos().x + ImGui::GetStateStorage()->GetFloat(heading_end_key, 0);
}

void advance(ImVec2 size) {
    const NoSpacing no_spacing;
    ImGui::Dummy(size);
}

void resting_tooltip(Surface& surface, bool hovered, std::string_view lines) {
    // Long enough not to flicker while the pointer only passes.
    constexpr float rest_seconds = 0.4f;
    if (hovered && !ImGui::IsMouseDown(0) &&
        ImGui::GetCurrentContext()->HoveredIdTimer >= rest_seconds)
        tooltip(surface, lines);
}

void focus_ring(Surface& surface, const Hit& item, float rounding) {
    if (!shows_focus()) return;
    ImGui::GetWindowDrawList()->AddRect(item.min, item.max, surface.theme.blue, rounding, 0,
                                        stroke(surface));
}

void outline(Surface& surface, ImVec2 min, ImVec2 max, ImU32 colour, float rounding) {
    ImGui::GetWindowDrawList()->AddRect(min, max, colour, rounding, 0, stroke(surface));
}

}  // namespace parts

using namespace parts;

bool key_pressed(ImGuiKey key, bool repeat) {
#if IMGUI_VERSION_NUM >= 18700
    return ImGui::IsKeyPressed(key, repeat);
#else
    return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), repeat);
#endif
}

void close_menus() {
    if (ImGui::GetCurrentContext()->OpenPopupStack.Size > 0) ImGui::ClosePopupToLevel(0, true);
}

void leave_entries() {
    if (ImGui::GetIO().WantTextInput) ImGui::ClearActiveID();
}

Hit hit(Surface& surface, const char* id, ImVec2 size, std::string_view tip) {
    const NoSpacing no_spacing;
    Hit result;
    result.min = ImGui::GetCursorScreenPos();
    size = {std::max(size.x, 1.0f), std::max(size.y, 1.0f)};
    result.max = {result.min.x + size.x, result.min.y + size.y};
#if IMGUI_VERSION_NUM >= 19130
    result.clicked = ImGui::InvisibleButton(id, size, ImGuiButtonFlags_EnableNav);
#else
    result.clicked = ImGui::InvisibleButton(id, size);
#endif
    result.hovered = ImGui::IsItemHovered();
    result.held = ImGui::IsItemActive();
    resting_tooltip(surface, result.hovered, tip);
    return result;
}

void gap(Surface& surface, float design_pixels) {
    advance({1, std::floor(surface.px(design_pixels))});
}

void heading(Surface& surface, std::string_view label, std::string_view aside) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = surface.px(heading_height);
    ImFont* face = surface.fonts.heading;
    // Capitals have no descenders: a pixel higher they stand in the middle.
    const float top = text_top(face, corner.y, height) - stroke(surface);
    const float used =
        spaced_capitals(list, face, {corner.x, top}, surface.px(0.7f), surface.theme.muted, label);
    heading_ends(surface, corner.x + used);
    if (!aside.empty()) {
        ImFont* small = surface.fonts.small;
        const float room = width - used - surface.px(12), wanted = text_size(small, aside).x;
        const float shown = std::min(room, wanted);
        clipped_text(list, small,
                     {std::floor(corner.x + width - shown),
                      text_top(small, corner.y, height) - stroke(surface)},
                     std::ceil(shown), surface.theme.muted, aside);
    }
    advance({width, height});
    gap(surface, heading_gap);
}

void arrows_mark(Surface& surface, const ArrowsMark& mark) {
    const float left = heading_end(surface) - surface.px(4), half = std::floor(surface.px(6));
    const ImVec2 below = ImGui::GetCursorScreenPos();
    const float top = below.y - std::floor(surface.px(heading_gap)) - surface.px(heading_height);
    const ImVec2 middle{std::floor(left) + half,
                        std::floor(top + surface.px(heading_height) / 2) - stroke(surface)};
    heading_ends(surface, left + 2 * half);
    if (!mark.shown) return;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float tip = half, base = std::floor(half / 2), wide = half * 0.45f;
    for (const float way : {-1.0f, 1.0f}) {
        list->AddTriangleFilled({middle.x + way * tip, middle.y},
                                {middle.x + way * base, middle.y - way * wide},
                                {middle.x + way * base, middle.y + way * wide}, surface.theme.blue);
        if (!mark.vertical) continue;
        list->AddTriangleFilled({middle.x, middle.y + way * tip},
                                {middle.x + way * wide, middle.y + way * base},
                                {middle.x - way * wide, middle.y + way * base}, surface.theme.blue);
    }
    const ImVec2 min{middle.x - half, top}, max{middle.x + half, top + surface.px(heading_height)};
    resting_tooltip(surface, ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(min, max),
                    mark.tooltip);
}

void separator(Surface& surface, float less) {
    const float above = std::floor(less / 2);
    advance({1, std::floor(surface.px(separator_above)) - above});
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float left = ImGui::GetWindowPos().x, right = left + ImGui::GetWindowWidth();
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->PushClipRect({left, ImGui::GetWindowPos().y},
                       {right, ImGui::GetWindowPos().y + ImGui::GetWindowHeight()});
    list->AddRectFilled({left, corner.y}, {right, corner.y + stroke(surface)}, surface.theme.line);
    list->PopClipRect();
    advance({1, std::floor(surface.px(separator_below)) - (less - above)});
}

float control_height(const Surface& surface) {
    return std::floor(surface.px(30));
}

float button_width(const Surface& surface, std::string_view label) {
    return std::ceil(text_size(surface.fonts.text, label).x) + 2 * surface.px(11);
}

bool button(Surface& surface, const char* id, std::string_view label, std::string_view tip,
            bool active) {
    const Theme& theme = surface.theme;
    const Hit item = hit(surface, id, {button_width(surface, label), control_height(surface)}, tip);
    const float rounding = surface.px(6);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(item.min, item.max, theme.raised, rounding);
    outline(surface, item.min, item.max,
            active         ? theme.blue
            : item.hovered ? theme.faint
                           : theme.line,
            rounding);
    ImFont* face = surface.fonts.text;
    text(list, face,
         {item.min.x + surface.px(11), text_top(face, item.min.y, item.max.y - item.min.y)},
         active ? theme.blue : theme.text, label);
    focus_ring(surface, item, rounding);
    return item.clicked;
}

bool link(Surface& surface, const char* id, std::string_view label, std::string_view tip) {
    ImFont* face = surface.fonts.small;
    const ImVec2 size{std::ceil(text_size(face, label).x), surface.px(heading_height)};
    const Hit item = hit(surface, id, size, tip);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float top = text_top(face, item.min.y, size.y);
    const ImU32 colour = item.hovered ? surface.theme.text : surface.theme.muted;
    text(list, face, {item.min.x, top}, colour, label);
    if (item.hovered) {
        const float baseline = std::floor(top + font_size(face));
        list->AddRectFilled({item.min.x, baseline}, {item.max.x, baseline + stroke(surface)},
                            faded(colour, 0.5f));
    }
    focus_ring(surface, item, surface.px(3));
    return item.clicked;
}

float toggle_width(const Surface& surface, std::string_view label) {
    return surface.px(26 + 8) + std::ceil(text_size(surface.fonts.text, label).x);
}

bool toggle(Surface& surface, const char* id, std::string_view label, bool& on,
            std::string_view tip, bool changed) {
    const Theme& theme = surface.theme;
    const float height = surface.px(24), track_width = surface.px(26),
                track_height = surface.px(14);
    ImFont* face = surface.fonts.text;
    const float label_left = track_width + surface.px(8);
    const Hit item = hit(surface, id, {toggle_width(surface, label), height}, tip);
    if (item.clicked) on = !on;
    ImDrawList* list = ImGui::GetWindowDrawList();
    text(list, face, {item.min.x + label_left, text_top(face, item.min.y, height)},
         item.hovered || on ? theme.text : theme.muted, label);

    const ImVec2 min{std::floor(item.min.x), std::floor(item.min.y + (height - track_height) / 2)};
    const ImVec2 max{min.x + track_width, min.y + track_height};
    const ImU32 signal = changed ? theme.amber : theme.blue;
    list->AddRectFilled(min, max, on ? faded(signal, 0.25f) : theme.raised, track_height / 2);
    outline(surface, min, max,
            on             ? signal
            : item.hovered ? theme.faint
                           : theme.line,
            track_height / 2);
    const float radius = surface.px(4), inset = track_height / 2;
    list->AddCircleFilled({on ? max.x - inset : min.x + inset, (min.y + max.y) / 2}, radius,
                          on ? signal : theme.muted);
    focus_ring(surface, item, surface.px(3));
    return item.clicked;
}

bool segments(Surface& surface, const char* id, int& chosen,
              std::span<const std::string_view> labels, std::string_view tip, bool changed) {
    const Theme& theme = surface.theme;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = surface.px(28);
    const float rounding = surface.px(6);
    const int count = static_cast<int>(labels.size());
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = surface.fonts.text;
    const int before = chosen;

    ImGui::PushID(id);
    for (int i = 0; i < count; ++i) {
        const float left = std::round(corner.x + width * static_cast<float>(i) / count);
        const float right = std::round(corner.x + width * static_cast<float>(i + 1) / count);
        ImGui::SetCursorScreenPos({left, corner.y});
        ImGui::PushID(i);
        const Hit item = hit(surface, "segment", {right - left, height}, tip);
        ImGui::PopID();
        if (item.clicked) chosen = i;
        const bool on = chosen == i;
        const ImDrawFlags corners = i == 0           ? ImDrawFlags_RoundCornersLeft
                                    : i == count - 1 ? ImDrawFlags_RoundCornersRight
                                                     : ImDrawFlags_RoundCornersNone;
        if (on || item.hovered)
            list->AddRectFilled(item.min, item.max, on ? theme.raised : faded(theme.raised, 0.5f),
                                rounding, corners);
        if (i > 0)
            list->AddRectFilled({left, corner.y}, {left + stroke(surface), corner.y + height},
                                theme.line);
        const float label_width = text_size(face, labels[static_cast<size_t>(i)]).x;
        const ImU32 colour =
            on ? (changed ? theme.amber : theme.text) : (item.hovered ? theme.text : theme.muted);
        const float room = right - left - surface.px(8);
        clipped_text(list, face,
                     {std::round((left + right - std::min(room, label_width)) / 2),
                      text_top(face, corner.y, height)},
                     std::ceil(std::max(room, label_width > room ? 0 : label_width)), colour,
                     labels[static_cast<size_t>(i)]);
        focus_ring(surface, item, rounding);
    }
    ImGui::PopID();
    outline(surface, corner, {corner.x + width, corner.y + height}, theme.line, rounding);
    ImGui::SetCursorScreenPos(corner);
    advance({width, height});
    return chosen != before;
}

bool chip(Surface& surface, const char* id, std::string_view label, std::string_view tip) {
    const Theme& theme = surface.theme;
    ImFont* face = surface.fonts.small;
    const float padding = surface.px(9), cross = surface.px(5), height = surface.px(20);
    const float line_gap = surface.px(4);
    const float label_width = std::ceil(text_size(face, label).x);
    const float wanted = label_width + cross + surface.px(5) + 2 * padding;

    // A chip that follows another one stands beside it while there is room. Where the last one
    // ended is kept in the window's own storage.
    ImGuiStorage* storage = ImGui::GetStateStorage();
    constexpr ImGuiID frame_key = 0x63686970, x_key = frame_key + 1, y_key = frame_key + 2;
    ImVec2 corner = ImGui::GetCursorScreenPos();
    const float left = corner.x, right = corner.x + ImGui::GetContentRegionAvail().x;
    const float width = std::min(wanted, right - left);
    const bool follows = storage->GetInt(frame_key, -1) == ImGui::GetFrameCount() &&
                         storage->GetFloat(y_key) == corner.y;
    if (follows) {
        const float beside = storage->GetFloat(x_key) + line_gap;
        corner = beside + width <= right ? ImVec2{beside, corner.y - height}
                                         : ImVec2{left, corner.y + line_gap};
    }
    ImGui::SetCursorScreenPos(corner);
    const Hit item = hit(surface, id, {width, height}, tip);
    ImGui::SetCursorScreenPos({left, item.min.y});
    advance({right - left, height});
    storage->SetInt(frame_key, ImGui::GetFrameCount());
    storage->SetFloat(x_key, item.max.x);
    storage->SetFloat(y_key, ImGui::GetCursorScreenPos().y);

    ImDrawList* list = ImGui::GetWindowDrawList();
    if (item.hovered)
        list->AddRectFilled(item.min, item.max, faded(theme.amber, 0.15f), height / 2);
    outline(surface, item.min, item.max, theme.amber, height / 2);
    clipped_text(list, face, {item.min.x + padding, text_top(face, item.min.y, height)},
                 width - 2 * padding - cross - surface.px(4), theme.amber, label);
    const ImVec2 centre{item.max.x - padding - cross / 2,
                        std::round((item.min.y + item.max.y) / 2)};
    widgets::cross(list, centre, cross / 2, stroke(surface), theme.amber);
    focus_ring(surface, item, height / 2);
    return item.clicked;
}

}  // namespace fovea::app::widgets
