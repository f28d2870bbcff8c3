#include "app/panels/view_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/map_picture.h"
#include "app/panels/panel_parts.h"
#include "app/render/fill.h"
#include "app/render/head_textures.h"
#include "app/render/widgets.h"
#include "engine/export/export.h"

namespace fovea::app {
namespace {

constexpr float bar_height = 44, padding = 16, spacing = 8;  // design pixels

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

// One control of the right-hand group: its width, and what draws it at the cursor.
struct Control {
    float width = 0;
    bool needed = true;  // others give way where the bar is short
    std::function<void()> draw;
};

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

/// The tabs as one menu, where the bar is too short for them.
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

bool has_parts(const Frame& frame) {
    return frame.part != Part::self;
}

struct PartTab {
    Part part;
    const char* tooltip;
};
constexpr std::array part_tabs = {
    PartTab{Part::encoder, "The encoder's own attention\nsource to source · 5"},
    PartTab{Part::decoder, "The decoder's own attention\ntarget to target · 6"},
    PartTab{Part::cross, "Cross-attention\nwhat each target token takes from the source · 7"}};

/// Below the bar of an encoder-decoder: whose attention all panels show, and of which head.
void draw_part_row(Frame& frame, Area& area) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = frame.fonts.text;
    const float height = widgets::control_height(frame), edge = frame.px(padding);
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
    const std::string label = head_label(frame.view.selected);
    const float label_left = area.max.x - edge - widgets::text_size(font, label).x;
    if (label_left > x + frame.px(12))
        widgets::text(list, font, {std::floor(label_left), widgets::text_top(font, top, height)},
                      frame.theme.muted, label);
}

Control quantity_control(Frame& frame) {
    constexpr std::array quantities = {Quantity::weights, Quantity::raw_scores,
                                       Quantity::masked_scores, Quantity::value_weighted};
    std::array<std::string_view, quantities.size()> labels;
    std::transform(quantities.begin(), quantities.end(), labels.begin(), quantity_label);
    const auto at = std::find(quantities.begin(), quantities.end(), frame.view.quantity);
    const int chosen = static_cast<int>(at - quantities.begin());
    return {widgets::choice_width(frame, labels[static_cast<size_t>(chosen)]), true,
            [&frame, labels, chosen, quantities] {
                int choice = chosen;
                if (widgets::choice(frame, "quantity", choice, labels,
                                    "What the map shows\nQ: the next one"))
                    frame.view.quantity = quantities[static_cast<size_t>(choice)];
            }};
}

constexpr std::array<std::string_view, 4> colour_map_labels = {"viridis", "magma", "cividis",
                                                               "greys"};

Control pooling_control(Frame& frame) {
    static constexpr std::array<std::string_view, 2> labels = {"largest", "mean"};
    const auto chosen = static_cast<int>(frame.view.pooling);
    return {widgets::choice_width(frame, labels[static_cast<size_t>(chosen)]), true,
            [&frame, chosen] {
                int choice = chosen;
                if (widgets::choice(frame, "pooling", choice, labels,
                                    "What a pixel shows of the cells below it:\ntheir largest "
                                    "value, so that no peak is lost, or their mean\nA"))
                    frame.view.pooling = static_cast<Pooling>(choice);
            }};
}

Control colour_control(Frame& frame) {
    const auto chosen = static_cast<int>(frame.view.colour_map);
    return {widgets::choice_width(frame, colour_map_labels[static_cast<size_t>(chosen)]), true,
            [&frame, chosen] {
                int choice = chosen;
                if (widgets::choice(frame, "colour map", choice, colour_map_labels,
                                    "Colour map\nC: the next one"))
                    frame.view.colour_map = static_cast<ColourMap>(choice);
            }};
}

Control range_control(Frame& frame) {
    static constexpr std::array<std::string_view, 2> labels = {"0…1", "fitted"};
    const auto chosen = static_cast<int>(frame.view.colour_range);
    return {widgets::choice_width(frame, labels[static_cast<size_t>(chosen)]), false,
            [&frame, chosen] {
                int choice = chosen;
                if (widgets::choice(frame, "range", choice, labels,
                                    "Colours from 0 to 1, or from the smallest to the largest "
                                    "value\nU"))
                    frame.view.colour_range = static_cast<ColourRange>(choice);
            }};
}

Control logarithm_control(Frame& frame) {
    const float width = widgets::button_width(frame, "log") + frame.px(17);
    return {
        width, true, [&frame, width] {
            const auto hit = widgets::hit(frame, "log", {width, widgets::control_height(frame)},
                                          "Logarithmic colours: small weights become visible\nL");
            if (hit.clicked) frame.view.logarithmic = !frame.view.logarithmic;
            ImDrawList* list = ImGui::GetWindowDrawList();
            const float line = std::max(1.0f, std::floor(frame.scale));
            list->AddRectFilled(hit.min, hit.max, frame.theme.raised, frame.px(6));
            list->AddRect(hit.min, hit.max, hit.hovered ? frame.theme.faint : frame.theme.line,
                          frame.px(6), 0, line);
            const float top = widgets::text_top(frame.fonts.text, hit.min.y, hit.max.y - hit.min.y);
            widgets::text(list, frame.fonts.text, {hit.min.x + frame.px(11), top}, frame.theme.text,
                          "log");
            const float side = std::floor(frame.px(10));
            const ImVec2 box(std::floor(hit.max.x - frame.px(11) - side),
                             std::floor((hit.min.y + hit.max.y - side) / 2));
            const ImVec2 end(box.x + side, box.y + side);
            if (frame.view.logarithmic) {
                list->AddRectFilled(box, end, frame.theme.blue, frame.px(2));
            } else {
                list->AddRect(box, end, frame.theme.muted, frame.px(2), 0, line);
            }
        }};
}

constexpr std::array<std::string_view, 5> tool_labels = {"paint", "paint cells", "erase",
                                                         "whole row", "whole column"};

// The paint menu: the tool, and where it acts.
void paint_menu(Frame& frame) {
    if (!widgets::begin_menu(frame, "paint menu", 210)) return;
    static constexpr std::array<std::string_view, 5> tools = {
        "look only", "paint cells away", "erase paint", "paint whole rows (queries)",
        "paint whole columns (keys)"};
    for (size_t i = 0; i < tools.size(); ++i) {
        const auto tool = static_cast<PaintTool>(i);
        if (widgets::menu_item(frame, tools[i], i == 0 ? "P" : "", true, frame.view.paint == tool))
            frame.view.paint = tool;
    }
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    widgets::gap(frame, 7);
    const float y = corner.y + std::floor(frame.px(3));
    ImGui::GetWindowDrawList()->AddRectFilled(
        {corner.x, y}, {corner.x + frame.px(210), y + std::max(1.0f, std::floor(frame.scale))},
        frame.theme.line);
    static constexpr std::array<std::string_view, 3> scopes = {"in this head", "in the whole layer",
                                                               "in every head"};
    for (size_t i = 0; i < scopes.size(); ++i) {
        const auto scope = static_cast<ViewState::PaintScope>(i);
        if (widgets::menu_item(frame, scopes[i], i == 0 ? "O" : "", true,
                               frame.view.paint_scope == scope))
            frame.view.paint_scope = scope;
    }
    widgets::end_menu();
}

Control paint_control(Frame& frame) {
    const auto label = tool_labels[static_cast<size_t>(frame.view.paint)];
    const float width = widgets::choice_width(frame, label);
    return {
        width, true, [&frame, label, width] {
            const auto hit = widgets::hit(frame, "paint", {width, widgets::control_height(frame)},
                                          "Paint cells, rows or columns away with the mouse\nP");
            ImDrawList* list = ImGui::GetWindowDrawList();
            const bool active = frame.view.paint != PaintTool::none;
            const ImU32 outline = active        ? frame.theme.amber
                                  : hit.hovered ? frame.theme.faint
                                                : frame.theme.line;
            const ImU32 text = active ? frame.theme.amber : frame.theme.text;
            list->AddRectFilled(hit.min, hit.max, frame.theme.raised, frame.px(6));
            list->AddRect(hit.min, hit.max, outline, frame.px(6), 0,
                          std::max(1.0f, std::floor(frame.scale)));
            widgets::text(list, frame.fonts.text,
                          {hit.min.x + frame.px(11),
                           widgets::text_top(frame.fonts.text, hit.min.y, hit.max.y - hit.min.y)},
                          text, label);
            widgets::menu_mark(list, {hit.max.x - frame.px(15), (hit.min.y + hit.max.y) / 2},
                               frame.scale, text);
            if (hit.clicked) widgets::open_menu("paint menu");
            ImGui::SetNextWindowPos({hit.max.x, hit.max.y + frame.px(4)}, ImGuiCond_Appearing,
                                    {1, 0});
            paint_menu(frame);
        }};
}

Control copy_control(Frame& frame) {
    return {
        widgets::button_width(frame, "copy"), false, [&frame] {
            if (!widgets::button(frame, "copy", "copy", "Copy this matrix as tab-separated text"))
                return;
            const auto values = whole_matrix(frame);
            if (!values) return;
            ImGui::SetClipboardText(
                matrix_as_text(*values, frame.query_labels(), frame.key_labels()).c_str());
        }};
}

Control order_control(Frame& frame) {
    static constexpr std::array<std::string_view, 2> labels = {"layer", "entropy"};
    const auto chosen = static_cast<int>(frame.view.grid_order);
    return {
        widgets::choice_width(frame, labels[static_cast<size_t>(chosen)], "sort: "), true,
        [&frame, chosen] {
            int choice = chosen;
            if (widgets::choice(frame, "order", choice, labels, "Order of the heads\nG", "sort: "))
                frame.view.grid_order = static_cast<GridOrder>(choice);
        }};
}

std::vector<Control> controls(Frame& frame) {
    std::vector<Control> result;
    const bool pooled = frame.textures.map_is_pooled();
    switch (frame.view.middle) {
        case MiddleView::map:
            result.push_back(quantity_control(frame));
            if (pooled) result.push_back(pooling_control(frame));
            result.push_back(colour_control(frame));
            result.back().needed = !pooled;  // which head it is matters more
            result.push_back(range_control(frame));
            result.push_back(logarithm_control(frame));
            result.push_back(paint_control(frame));
            result.push_back(copy_control(frame));
            break;
        case MiddleView::difference:
            result.push_back(quantity_control(frame));
            if (pooled) result.push_back(pooling_control(frame));
            result.push_back(logarithm_control(frame));
            result.push_back(paint_control(frame));
            result.push_back(copy_control(frame));
            break;
        case MiddleView::lines:
            break;
        case MiddleView::heads:
            result.push_back(order_control(frame));
            result.push_back(colour_control(frame));
            result.push_back(range_control(frame));
            result.push_back(logarithm_control(frame));
            break;
    }
    return result;
}

}  // namespace

std::string head_label(HeadId head) {
    return fmt::format("Layer {} · Head {}", head.layer, head.head);
}

ColourScale colour_scale(const ViewState& view, bool unit) {
    ColourScale scale;
    scale.map = view.colour_map;
    scale.logarithmic = view.logarithmic;
    scale.fitted = !unit || view.colour_range == ColourRange::fitted;
    return scale;
}

std::shared_ptr<const LayerTrace> layer_of(const Trace* trace, Index layer) {
    if (trace == nullptr || layer < 0 || layer >= static_cast<Index>(trace->layers.size()))
        return nullptr;
    return trace->layers[static_cast<size_t>(layer)];
}

const Edits& edits_in_force(const Frame& frame) {
    static const Edits none;
    return frame.document.edits_enabled ? frame.document.edits : none;
}

void show_thumbnails(Frame& frame) {
    if (!frame.reading) return;
    const bool edited = frame.reading->edited && frame.trace != frame.original;
    const auto& whole = edited ? frame.reading->edited : frame.reading->original;
    // The trace of a part lives as long as the one that holds it.
    frame.textures.show_trace({whole, frame.trace});
}

Area view_bar(Frame& frame) {
    const ImVec2 window = ImGui::GetWindowPos();
    const ImVec2 size = ImGui::GetWindowSize();
    const float height = std::floor(frame.px(bar_height));
    const float line = std::max(1.0f, std::floor(frame.scale));
    ImDrawList* list = ImGui::GetWindowDrawList();
    fill_area(list, window, {window.x + size.x, window.y + height}, frame.theme.panel);
    list->AddRectFilled({window.x, window.y + height - line},
                        {window.x + size.x, window.y + height}, frame.theme.line);

    auto group = controls(frame);
    const float gap = frame.px(spacing);
    const float available = size.x - 2 * frame.px(padding) - gap;
    float needed = 0;
    for (const Control& control : group)
        if (control.needed) needed += control.width + gap;
    const bool compact = tabs_width(frame) + needed > available;
    const ImVec2 tabs_corner(window.x + frame.px(padding), window.y);
    if (compact)
        draw_tabs_choice(frame, tabs_corner, height - line);
    else
        draw_tabs(frame, tabs_corner, height - line);
    const float room = available - (compact ? tabs_choice_width(frame) : tabs_width(frame));
    const auto total = [&] {
        float width = 0;
        for (const Control& control : group)
            width += control.width + gap;
        return width;
    };
    // Which head it is matters more than the controls that have a key as well.
    const std::string label = head_label(frame.view.selected);
    const bool has_label = frame.view.middle != MiddleView::heads && !has_parts(frame);
    const float label_width =
        has_label ? widgets::text_size(frame.fonts.text, label).x + frame.px(10) : 0;
    while (total() + label_width > room) {
        const auto last = std::find_if(group.rbegin(), group.rend(),
                                       [](const Control& control) { return !control.needed; });
        if (last == group.rend()) break;
        group.erase(std::next(last).base());
    }
    // Each control has a key as well: what does not fit at all is left to it.
    while (!group.empty() && total() > room)
        group.erase(group.begin());
    float x = window.x + size.x - frame.px(padding) - total() + gap;
    if (has_label && total() + label_width <= room)
        widgets::text(
            list, frame.fonts.text,
            {std::floor(x - label_width), widgets::text_top(frame.fonts.text, window.y, height)},
            frame.theme.muted, label);
    const float top = std::floor(window.y + (height - line - widgets::control_height(frame)) / 2);
    for (const Control& control : group) {
        ImGui::SetCursorScreenPos({std::floor(x), top});
        control.draw();
        x += control.width + gap;
    }
    Area below{{window.x, window.y + height}, {window.x + size.x, window.y + size.y}};
    if (has_parts(frame)) draw_part_row(frame, below);
    ImGui::SetCursorScreenPos(below.min);
    return below;
}

}  // namespace fovea::app
