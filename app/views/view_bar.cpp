#include "app/views/view_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/gl/fill.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"
#include "app/views/view_bar_tabs.h"

namespace fovea::app {
namespace {

constexpr float bar_height = 44, spacing = 8;  // design pixels

bool has_parts(const Frame& frame) {
    return frame.part != Part::self;
}

/// Three dots that open a menu of the controls for which the bar is too short.
void draw_overflow(Frame& frame, const std::vector<BarControl>& hidden) {
    const float side = widgets::control_height(frame), gap = frame.px(6);
    const auto hit = widgets::hit(frame, "more", {side, side}, "More of what can be chosen here");
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(hit.min, hit.max, frame.theme.raised, frame.px(6));
    list->AddRect(hit.min, hit.max, hit.hovered ? frame.theme.faint : frame.theme.line, frame.px(6),
                  0, std::max(1.0f, std::floor(frame.scale)));
    for (const float dot : {-5.0f, 0.0f, 5.0f})
        list->AddCircleFilled(
            {(hit.min.x + hit.max.x) / 2 + frame.px(dot), (hit.min.y + hit.max.y) / 2},
            frame.px(1.4f), frame.theme.text);
    if (hit.clicked) widgets::open_menu("more menu");
    ImGui::SetNextWindowPos({hit.max.x, hit.max.y + frame.px(4)}, ImGuiCond_Appearing, {1, 0});
    float widest = 0;
    for (const BarControl& control : hidden)
        widest = std::max(widest, control.width);
    if (!widgets::begin_menu(frame, "more menu", widest / frame.scale)) return;
    for (const BarControl& control : hidden) {
        if (&control != &hidden.front()) widgets::gap(frame, gap / frame.scale);
        const ImVec2 corner = ImGui::GetCursorScreenPos();
        control.draw();
        ImGui::SetCursorScreenPos({corner.x, corner.y + side});
    }
    // A region ends with an item: newer versions of ImGui insist.
    ImGui::Dummy({0, 0});
    widgets::end_menu();
}

}  // namespace

Area view_bar(Frame& frame) {
    const ImVec2 window = ImGui::GetWindowPos();
    const ImVec2 size = ImGui::GetWindowSize();
    const float height = std::floor(frame.px(bar_height));
    const float line = std::max(1.0f, std::floor(frame.scale));
    ImDrawList* list = ImGui::GetWindowDrawList();
    fill_area(list, window, {window.x + size.x, window.y + height}, frame.theme.panel);
    list->AddRectFilled({window.x, window.y + height - line},
                        {window.x + size.x, window.y + height}, frame.theme.line);

    const View& view = view_in(frame);
    auto group = view.controls(frame);
    const float gap = frame.px(spacing);
    const float available = size.x - 2 * frame.px(view_bar_padding) - gap;
    float needed = 0;
    for (const BarControl& control : group)
        if (control.needed) needed += control.width + gap;
    const bool compact = tabs_width(frame) + needed > available;
    const ImVec2 tabs_corner(window.x + frame.px(view_bar_padding), window.y);
    if (compact)
        draw_tabs_choice(frame, tabs_corner, height - line);
    else
        draw_tabs(frame, tabs_corner, height - line);
    const float room = available - (compact ? tabs_choice_width(frame) : tabs_width(frame));
    const auto total = [&] {
        float width = 0;
        for (const BarControl& control : group)
            width += control.width + gap;
        return width;
    };
    // Which head it is matters more than the controls that have a key as well.
    const std::string label = head_title(frame.view.selected);
    const bool has_label = view.of_one_head && !has_parts(frame);
    const float label_width =
        has_label ? widgets::text_size(frame.fonts.text, label).x + frame.px(10) : 0;
    // What does not fit goes into a menu at the right end: those that others can give way to first,
    // then from the right.
    std::vector<BarControl> hidden;
    const float more = widgets::control_height(frame) + gap;
    const auto needs = [&](float beside) { return total() + (hidden.empty() ? 0 : more) + beside; };
    const auto hide = [&](std::vector<BarControl>::iterator control) {
        hidden.insert(hidden.begin(), std::move(*control));
        group.erase(control);
    };
    while (needs(label_width) > room) {
        const auto last = std::find_if(group.rbegin(), group.rend(),
                                       [](const BarControl& control) { return !control.needed; });
        if (last == group.rend()) break;
        hide(std::next(last).base());
    }
    while (!group.empty() && needs(0) > room)
        hide(std::prev(group.end()));
    const float taken = needs(0);
    float x = window.x + size.x - frame.px(view_bar_padding) - taken + gap;
    if (has_label && taken + label_width <= room)
        widgets::text(list, frame.fonts.text,
                      {std::floor(x - label_width),
                       widgets::text_top(frame.fonts.text, window.y, height - line)},
                      frame.theme.muted, label);
    const float top = std::floor(window.y + (height - line - widgets::control_height(frame)) / 2);
    for (const BarControl& control : group) {
        ImGui::SetCursorScreenPos({std::floor(x), top});
        control.draw();
        x += control.width + gap;
    }
    if (!hidden.empty()) {
        ImGui::SetCursorScreenPos({std::floor(x), top});
        draw_overflow(frame, hidden);
    }
    Area below{{window.x, window.y + height}, {window.x + size.x, window.y + size.y}};
    if (has_parts(frame)) draw_part_row(frame, below);
    ImGui::SetCursorScreenPos(below.min);
    return below;
}

void draw_view(Frame& frame) {
    const View& view = view_in(frame);
    ImGui::PushID(view.name);
    const Area below = view_bar(frame);
    view.draw(frame, below);
    ImGui::PopID();
}

}  // namespace fovea::app
