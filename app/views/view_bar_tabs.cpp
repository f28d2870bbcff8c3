#include "app/views/view_bar_tabs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"

namespace fovea::app {
namespace {

struct PartTab {
    Part part;
    const char* tooltip;
};
constexpr std::array part_tabs = {
    PartTab{Part::encoder, "The encoder's own attention\nsource to source · 7"},
    PartTab{Part::decoder, "The decoder's own attention\ntarget to target · 8"},
    PartTab{Part::cross, "Cross-attention\nwhat each target token takes from the source · 9"}};

/// "One head's attention, query by key", and below it the view's key.
std::string tooltip_of(size_t place) {
    return fmt::format("{}\n{}", views()[place].tooltip, place + 1);
}

}  // namespace

void draw_tabs(Frame& frame, ImVec2 corner, float height) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    float x = corner.x;
    for (size_t place = 0; place < views().size(); ++place) {
        const View& tab = views()[place];
        const ImVec2 text = widgets::text_size(frame.fonts.text, tab.label);
        const float tab_height = widgets::control_height(frame) - frame.px(2);
        ImGui::SetCursorScreenPos({x, std::floor(corner.y + (height - tab_height) / 2)});
        const auto hit =
            widgets::hit(frame, tab.label, {text.x + frame.px(22), tab_height}, tooltip_of(place));
        if (hit.clicked) frame.view.middle = tab.name;
        const bool chosen = &view_in(frame) == &tab;
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
    for (const View& tab : views())
        width = std::max(width, widgets::choice_width(frame, tab.label));
    return width;
}

void draw_tabs_choice(Frame& frame, ImVec2 corner, float height) {
    std::vector<std::string_view> labels;
    std::string keys;
    for (const View& tab : views()) {
        labels.emplace_back(tab.label);
        keys += fmt::format(" {}", labels.size());
    }
    int chosen = static_cast<int>(&view_in(frame) - views().data());
    ImGui::SetCursorScreenPos(
        {corner.x, std::floor(corner.y + (height - widgets::control_height(frame)) / 2)});
    if (widgets::choice(frame, "view", chosen, labels, "What the middle shows\n" + keys.substr(1)))
        frame.view.middle = views()[static_cast<size_t>(chosen)].name;
}

float tabs_width(const Frame& frame) {
    float width = 0;
    for (const View& tab : views())
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
    if (!view_in(frame).of_one_head) return;
    const std::string label = head_title(frame.view.selected);
    const float label_left = area.max.x - edge - widgets::text_size(font, label).x;
    if (label_left > x + frame.px(12))
        widgets::text(list, font, {std::floor(label_left), widgets::text_top(font, top, height)},
                      frame.theme.muted, label);
}

}  // namespace fovea::app
