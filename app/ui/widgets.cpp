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

float stroke(const Canvas& canvas) {
    return std::max(1.0f, std::floor(canvas.px(1)));
}

namespace {
constexpr ImGuiID heading_end_key = 0x68656164;
}

void heading_ends(Canvas& canvas, float x) {
    ImGui::GetStateStorage()->SetFloat(heading_end_key,
                                       x - ImGui::GetWindowPos().x + canvas.px(10));
}

float heading_end(const Canvas&) {
    return ImGui::GetWindowPos().x + ImGui::GetStateStorage()->GetFloat(heading_end_key, 0);
}

void advance(ImVec2 size) {
    const NoSpacing no_spacing;
    ImGui::Dummy(size);
}

void resting_tooltip(Canvas& canvas, bool hovered, std::string_view lines) {
    // Long enough not to flicker while the pointer only passes.
    constexpr float rest_seconds = 0.4f;
    if (hovered && !ImGui::IsMouseDown(0) &&
        ImGui::GetCurrentContext()->HoveredIdTimer >= rest_seconds)
        tooltip(canvas, lines);
}

void focus_ring(Canvas& canvas, const Hit& item, float rounding) {
    if (!shows_focus()) return;
    ImGui::GetWindowDrawList()->AddRect(item.min, item.max, canvas.theme.blue, rounding, 0,
                                        stroke(canvas));
}

void outline(Canvas& canvas, ImVec2 min, ImVec2 max, ImU32 colour, float rounding) {
    ImGui::GetWindowDrawList()->AddRect(min, max, colour, rounding, 0, stroke(canvas));
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

Hit hit(Canvas& canvas, const char* id, ImVec2 size, std::string_view tip) {
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
    resting_tooltip(canvas, result.hovered, tip);
    return result;
}

void gap(Canvas& canvas, float design_pixels) {
    advance({1, std::floor(canvas.px(design_pixels))});
}

void heading(Canvas& canvas, std::string_view label, std::string_view aside) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = canvas.px(heading_height);
    ImFont* face = canvas.fonts.heading;
    // Capitals have no descenders: a pixel higher they stand in the middle.
    const float top = text_top(face, corner.y, height) - stroke(canvas);
    const float used =
        spaced_capitals(list, face, {corner.x, top}, canvas.px(0.7f), canvas.theme.muted, label);
    heading_ends(canvas, corner.x + used);
    if (!aside.empty()) {
        ImFont* small = canvas.fonts.small;
        const float room = width - used - canvas.px(12), wanted = text_size(small, aside).x;
        const float shown = std::min(room, wanted);
        clipped_text(list, small,
                     {std::floor(corner.x + width - shown),
                      text_top(small, corner.y, height) - stroke(canvas)},
                     std::ceil(shown), canvas.theme.muted, aside);
    }
    advance({width, height});
    gap(canvas, heading_gap);
}

void arrows_mark(Canvas& canvas, const ArrowsMark& mark) {
    const float left = heading_end(canvas) - canvas.px(4), half = std::floor(canvas.px(6));
    const ImVec2 below = ImGui::GetCursorScreenPos();
    const float top = below.y - std::floor(canvas.px(heading_gap)) - canvas.px(heading_height);
    const ImVec2 middle{std::floor(left) + half,
                        std::floor(top + canvas.px(heading_height) / 2) - stroke(canvas)};
    heading_ends(canvas, left + 2 * half);
    if (!mark.shown) return;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float tip = half, base = std::floor(half / 2), wide = half * 0.45f;
    for (const float way : {-1.0f, 1.0f}) {
        list->AddTriangleFilled({middle.x + way * tip, middle.y},
                                {middle.x + way * base, middle.y - way * wide},
                                {middle.x + way * base, middle.y + way * wide}, canvas.theme.blue);
        if (!mark.vertical) continue;
        list->AddTriangleFilled({middle.x, middle.y + way * tip},
                                {middle.x + way * wide, middle.y + way * base},
                                {middle.x - way * wide, middle.y + way * base}, canvas.theme.blue);
    }
    const ImVec2 min{middle.x - half, top}, max{middle.x + half, top + canvas.px(heading_height)};
    resting_tooltip(canvas, ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(min, max),
                    mark.tooltip);
}

void separator(Canvas& canvas, float less) {
    const float above = std::floor(less / 2);
    advance({1, std::floor(canvas.px(separator_above)) - above});
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float left = ImGui::GetWindowPos().x, right = left + ImGui::GetWindowWidth();
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->PushClipRect({left, ImGui::GetWindowPos().y},
                       {right, ImGui::GetWindowPos().y + ImGui::GetWindowHeight()});
    list->AddRectFilled({left, corner.y}, {right, corner.y + stroke(canvas)}, canvas.theme.line);
    list->PopClipRect();
    advance({1, std::floor(canvas.px(separator_below)) - (less - above)});
}

float control_height(const Canvas& canvas) {
    return std::floor(canvas.px(30));
}

float button_width(const Canvas& canvas, std::string_view label) {
    return std::ceil(text_size(canvas.fonts.text, label).x) + 2 * canvas.px(11);
}

bool button(Canvas& canvas, const char* id, std::string_view label, std::string_view tip,
            bool active) {
    const Theme& theme = canvas.theme;
    const Hit item = hit(canvas, id, {button_width(canvas, label), control_height(canvas)}, tip);
    const float rounding = canvas.px(6);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(item.min, item.max, theme.raised, rounding);
    outline(canvas, item.min, item.max,
            active         ? theme.blue
            : item.hovered ? theme.faint
                           : theme.line,
            rounding);
    ImFont* face = canvas.fonts.text;
    text(list, face,
         {item.min.x + canvas.px(11), text_top(face, item.min.y, item.max.y - item.min.y)},
         active ? theme.blue : theme.text, label);
    focus_ring(canvas, item, rounding);
    return item.clicked;
}

bool link(Canvas& canvas, const char* id, std::string_view label, std::string_view tip) {
    ImFont* face = canvas.fonts.small;
    const ImVec2 size{std::ceil(text_size(face, label).x), canvas.px(heading_height)};
    const Hit item = hit(canvas, id, size, tip);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float top = text_top(face, item.min.y, size.y);
    const ImU32 colour = item.hovered ? canvas.theme.text : canvas.theme.muted;
    text(list, face, {item.min.x, top}, colour, label);
    if (item.hovered) {
        const float baseline = std::floor(top + font_size(face));
        list->AddRectFilled({item.min.x, baseline}, {item.max.x, baseline + stroke(canvas)},
                            faded(colour, 0.5f));
    }
    focus_ring(canvas, item, canvas.px(3));
    return item.clicked;
}

float toggle_width(const Canvas& canvas, std::string_view label) {
    return canvas.px(26 + 8) + std::ceil(text_size(canvas.fonts.text, label).x);
}

bool toggle(Canvas& canvas, const char* id, std::string_view label, bool& on, std::string_view tip,
            bool changed) {
    const Theme& theme = canvas.theme;
    const float height = canvas.px(24), track_width = canvas.px(26), track_height = canvas.px(14);
    ImFont* face = canvas.fonts.text;
    const float label_left = track_width + canvas.px(8);
    const Hit item = hit(canvas, id, {toggle_width(canvas, label), height}, tip);
    if (item.clicked) on = !on;
    ImDrawList* list = ImGui::GetWindowDrawList();
    text(list, face, {item.min.x + label_left, text_top(face, item.min.y, height)},
         item.hovered || on ? theme.text : theme.muted, label);

    const ImVec2 min{std::floor(item.min.x), std::floor(item.min.y + (height - track_height) / 2)};
    const ImVec2 max{min.x + track_width, min.y + track_height};
    const ImU32 signal = changed ? theme.amber : theme.blue;
    list->AddRectFilled(min, max, on ? faded(signal, 0.25f) : theme.raised, track_height / 2);
    outline(canvas, min, max,
            on             ? signal
            : item.hovered ? theme.faint
                           : theme.line,
            track_height / 2);
    const float radius = canvas.px(4), inset = track_height / 2;
    list->AddCircleFilled({on ? max.x - inset : min.x + inset, (min.y + max.y) / 2}, radius,
                          on ? signal : theme.muted);
    focus_ring(canvas, item, canvas.px(3));
    return item.clicked;
}

bool segments(Canvas& canvas, const char* id, int& chosen, std::span<const std::string_view> labels,
              std::string_view tip, bool changed) {
    const Theme& theme = canvas.theme;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = canvas.px(28);
    const float rounding = canvas.px(6);
    const int count = static_cast<int>(labels.size());
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = canvas.fonts.text;
    const int before = chosen;

    ImGui::PushID(id);
    for (int i = 0; i < count; ++i) {
        const float left = std::round(corner.x + width * static_cast<float>(i) / count);
        const float right = std::round(corner.x + width * static_cast<float>(i + 1) / count);
        ImGui::SetCursorScreenPos({left, corner.y});
        ImGui::PushID(i);
        const Hit item = hit(canvas, "segment", {right - left, height}, tip);
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
            list->AddRectFilled({left, corner.y}, {left + stroke(canvas), corner.y + height},
                                theme.line);
        const float label_width = text_size(face, labels[static_cast<size_t>(i)]).x;
        const ImU32 colour =
            on ? (changed ? theme.amber : theme.text) : (item.hovered ? theme.text : theme.muted);
        const float room = right - left - canvas.px(8);
        clipped_text(list, face,
                     {std::round((left + right - std::min(room, label_width)) / 2),
                      text_top(face, corner.y, height)},
                     std::ceil(std::max(room, label_width > room ? 0 : label_width)), colour,
                     labels[static_cast<size_t>(i)]);
        focus_ring(canvas, item, rounding);
    }
    ImGui::PopID();
    outline(canvas, corner, {corner.x + width, corner.y + height}, theme.line, rounding);
    ImGui::SetCursorScreenPos(corner);
    advance({width, height});
    return chosen != before;
}

bool chip(Canvas& canvas, const char* id, std::string_view label, std::string_view tip) {
    const Theme& theme = canvas.theme;
    ImFont* face = canvas.fonts.small;
    const float padding = canvas.px(9), cross = canvas.px(5), height = canvas.px(20);
    const float line_gap = canvas.px(4);
    const float label_width = std::ceil(text_size(face, label).x);
    const float wanted = label_width + cross + canvas.px(5) + 2 * padding;

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
    const Hit item = hit(canvas, id, {width, height}, tip);
    ImGui::SetCursorScreenPos({left, item.min.y});
    advance({right - left, height});
    storage->SetInt(frame_key, ImGui::GetFrameCount());
    storage->SetFloat(x_key, item.max.x);
    storage->SetFloat(y_key, ImGui::GetCursorScreenPos().y);

    ImDrawList* list = ImGui::GetWindowDrawList();
    if (item.hovered)
        list->AddRectFilled(item.min, item.max, faded(theme.amber, 0.15f), height / 2);
    outline(canvas, item.min, item.max, theme.amber, height / 2);
    clipped_text(list, face, {item.min.x + padding, text_top(face, item.min.y, height)},
                 width - 2 * padding - cross - canvas.px(4), theme.amber, label);
    const ImVec2 centre{item.max.x - padding - cross / 2,
                        std::round((item.min.y + item.max.y) / 2)};
    const float arm = cross / 2;
    list->AddLine({centre.x - arm, centre.y - arm}, {centre.x + arm, centre.y + arm}, theme.amber,
                  stroke(canvas));
    list->AddLine({centre.x - arm, centre.y + arm}, {centre.x + arm, centre.y - arm}, theme.amber,
                  stroke(canvas));
    focus_ring(canvas, item, height / 2);
    return item.clicked;
}

}  // namespace fovea::app::widgets
