#include "app/panels/view_bar_tabs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

struct Tab {
    MiddleView view;
    const char* label;
    const char* tooltip;
};
constexpr std::array tabs = {
    Tab{MiddleView::map, "Map", "One head's attention, query by key\n1"},
    Tab{MiddleView::lines, "Lines", "The sentence twice, lines for the weights\n2"},
    Tab{MiddleView::difference, "Difference", "With the edits less without them\n3"},
    Tab{MiddleView::heads, "All heads", "Every head of every layer, large\n4"}};

struct PartTab {
    Part part;
    const char* tooltip;
};
constexpr std::array part_tabs = {
    PartTab{Part::encoder, "The encoder's own attention\nsource to source · 5"},
    PartTab{Part::decoder, "The decoder's own attention\ntarget to target · 6"},
    PartTab{Part::cross, "Cross-attention\nwhat each target token takes from the source · 7"}};

}  // namespace

void draw_tabs(Frame& frame, ImVec2 corner, float height) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    float x = corner.x;
    for (const Tab& tab : tabs) {
        const ImVec2 text = widgets::text_size(frame.fonts.text, tab.label);
        const float tab_height = widgets::control_height(frame) - frame.px(2);
        ImGui::SetCursorScreenPos({x, std::floor(corner.y + (height - tab_height) / 2)});
        const auto hit =
            widgets::hit(frame, tab.label, {text.x + frame.px(22), tab_height}, tab.tooltip);
        if (hit.clicked) frame.view.middle = tab.view;
        const bool chosen = frame.view.middle == tab.view;
        if (chosen) list->AddRectFilled(hit.min, hit.max, frame.theme.raised, frame.px(6));
        widgets::text(
            list, frame.fonts.text,
            {hit.min.x + frame.px(11), widgets::text_top(frame.fonts.text, hit.min.y, tab_height)},
            chosen || hit.hovered ? frame.theme.text : frame.theme.muted, tab.label);
        x = hit.max.x + frame.px(2);
    }
}

float tabs_choice_width(const Frame& frame) {
    float width = 0;
    for (const Tab& tab : tabs)
        width = std::max(width, widgets::choice_width(frame, tab.label));
    return width;
}

void draw_tabs_choice(Frame& frame, ImVec2 corner, float height) {
    std::array<std::string_view, tabs.size()> labels;
    int chosen = 0;
    for (size_t i = 0; i < tabs.size(); ++i) {
        labels[i] = tabs[i].label;
        if (tabs[i].view == frame.view.middle) chosen = static_cast<int>(i);
    }
    ImGui::SetCursorScreenPos(
        {corner.x, std::floor(corner.y + (height - widgets::control_height(frame)) / 2)});
    if (widgets::choice(frame, "view", chosen, labels, "What the middle shows\n1 2 3 4"))
        frame.view.middle = tabs[static_cast<size_t>(chosen)].view;
}

float tabs_width(const Frame& frame) {
    float width = 0;
    for (const Tab& tab : tabs)
        width += widgets::text_size(frame.fonts.text, tab.label).x + frame.px(24);
    return width;
}
void draw_part_row(Frame& frame, Area& area) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = frame.fonts.text;
    const float height = widgets::control_height(frame), edge = frame.px(view_bar_padding);
    const float top = std::floor(area.min.y + frame.px(8));
    const float line = std::max(1.0f, std::floor(frame.scale));
    const float left = std::floor(area.min.x + edge);
    float x = left;
    for (size_t i = 0; i < part_tabs.size(); ++i) {
        const PartTab& tab = part_tabs[i];
        const std::string_view label = part_label(tab.part);
        const float width = std::ceil(widgets::text_size(font, label).x) + frame.px(24);
        ImGui::SetCursorScreenPos({x, top});
        const auto hit = widgets::hit(frame, tab.tooltip, {width, height}, tab.tooltip);
        if (hit.clicked) frame.view.part = tab.part;
        const bool chosen = frame.view.part == tab.part;
        const ImDrawFlags corners = i == 0                      ? ImDrawFlags_RoundCornersLeft
                                    : i + 1 == part_tabs.size() ? ImDrawFlags_RoundCornersRight
                                                                : ImDrawFlags_RoundCornersNone;
        if (chosen) list->AddRectFilled(hit.min, hit.max, frame.theme.raised, frame.px(6), corners);
        if (i > 0) list->AddRectFilled({x, top}, {x + line, top + height}, frame.theme.line);
        widgets::text(list, font, {x + frame.px(12), widgets::text_top(font, top, height)},
                      chosen || hit.hovered ? frame.theme.text : frame.theme.muted, label);
        x += width;
    }
    list->AddRect({left, top}, {x, top + height}, frame.theme.line, frame.px(6), 0, line);
    area.min.y = top + height;
    if (frame.view.middle == MiddleView::heads) return;
    const std::string label = head_title(frame.view.selected);
    const float label_left = area.max.x - edge - widgets::text_size(font, label).x;
    if (label_left > x + frame.px(12))
        widgets::text(list, font, {std::floor(label_left), widgets::text_top(font, top, height)},
                      frame.theme.muted, label);
}

}  // namespace fovea::app
