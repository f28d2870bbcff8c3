#include "app/views/view_bar_controls.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <string_view>

#include "app/maps/head_textures.h"
#include "app/panels/head_menus.h"
#include "app/panels/map_picture.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"
#include "engine/export/export.h"

namespace fovea::app {
namespace {

/// A choice among the values of an enumeration, in their order.
struct Choice {
    const char* id;
    std::span<const std::string_view> labels;
    std::string_view tooltip;
    std::string_view prefix = {};
};

template <class Enumeration>
BarControl choice_control(Frame& frame, const Choice& choice, Enumeration& value) {
    const auto chosen = static_cast<size_t>(value);
    return {widgets::choice_width(frame, choice.labels[chosen], choice.prefix), true,
            [&frame, &value, choice] {
                int picked = static_cast<int>(value);
                if (widgets::choice(frame, choice.id, picked, choice.labels, choice.tooltip,
                                    choice.prefix))
                    value = static_cast<Enumeration>(picked);
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

/// A raised button that opens a menu of several things.
BarControl menu_control(Frame& frame, const char* id, const std::string& label,
                        std::string_view tooltip, void (*items)(Frame&)) {
    const float width = widgets::choice_width(frame, label);
    return {width, true, [&frame, id, label, tooltip, items, width] {
                const auto hit =
                    widgets::hit(frame, id, {width, widgets::control_height(frame)}, tooltip);
                widgets::raised_menu(frame, hit, label, frame.theme.text,
                                     hit.hovered ? frame.theme.faint : frame.theme.line);
                const std::string popup = std::string(id) + " menu";
                if (hit.clicked) widgets::open_menu(popup.c_str());
                ImGui::SetNextWindowPos({hit.max.x, hit.max.y + frame.px(4)}, ImGuiCond_Appearing,
                                        {1, 0});
                if (!widgets::begin_menu(frame, popup.c_str(), 250)) return;
                items(frame);
                widgets::end_menu();
            }};
}

}  // namespace

BarControl quantity_control(Frame& frame) {
    constexpr std::array quantities = {Quantity::weights, Quantity::logits, Quantity::masked_logits,
                                       Quantity::value_weighted};
    std::array<std::string_view, quantities.size()> labels;
    std::transform(quantities.begin(), quantities.end(), labels.begin(),
                   [](Quantity quantity) { return name_of(quantity).brief; });
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

BarControl pooling_control(Frame& frame) {
    static constexpr std::array<std::string_view, 2> labels = {"largest", "mean"};
    return choice_control(
        frame,
        {"pooling", labels,
         "What a pixel shows of the cells below it:\ntheir largest value, so that "
         "no peak is lost, or their mean\nA"},
        frame.view.pooling);
}

BarControl colour_control(Frame& frame) {
    static constexpr std::array<std::string_view, 4> labels = {"viridis", "magma", "cividis",
                                                               "greys"};
    return choice_control(frame, {"colour map", labels, "Colour map\nC: the next one"},
                          frame.view.colour_map);
}

BarControl range_control(Frame& frame) {
    static constexpr std::array<std::string_view, 2> labels = {"0…1", "fitted"};
    BarControl control = choice_control(
        frame,
        {"range", labels, "Colours from 0 to 1, or from the smallest to the largest value\nU"},
        frame.view.colour_range);
    control.needed = false;
    return control;
}

BarControl logarithm_control(Frame& frame) {
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

BarControl paint_control(Frame& frame) {
    const auto label = tool_labels[static_cast<size_t>(frame.view.paint)];
    const float width = widgets::choice_width(frame, label);
    return {
        width, true, [&frame, label, width] {
            const auto hit = widgets::hit(frame, "paint", {width, widgets::control_height(frame)},
                                          "Paint cells, rows or columns away with the mouse\nP");
            const bool active = frame.view.paint != PaintTool::none;
            widgets::raised_menu(frame, hit, label, active ? frame.theme.amber : frame.theme.text,
                                 active        ? frame.theme.amber
                                 : hit.hovered ? frame.theme.faint
                                               : frame.theme.line);
            if (hit.clicked) widgets::open_menu("paint menu");
            ImGui::SetNextWindowPos({hit.max.x, hit.max.y + frame.px(4)}, ImGuiCond_Appearing,
                                    {1, 0});
            paint_menu(frame);
        }};
}

BarControl copy_control(Frame& frame) {
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

BarControl order_control(Frame& frame) {
    return menu_control(frame, "order", "sort: " + order_label(frame.view),
                        "Order of the heads\nG: the next one · Shift+G: up or down", order_items);
}

BarControl frame_control(Frame& frame) {
    return menu_control(frame, "frames", "frame: " + frame_label(frame.view),
                        "What frames the heads in colour\nF: the next one · D: how much the edits "
                        "changed each head",
                        frame_items);
}

}  // namespace fovea::app
