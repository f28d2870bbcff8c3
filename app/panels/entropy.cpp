#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/maps/head_textures.h"
#include "app/panels/head_indices.h"
#include "app/panels/head_means.h"
#include "app/panels/left_column.h"
#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/ui/colours.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

/// The picture on the screen.
struct Picture {
    ImVec2 corner;
    HeadLayout layout;
    float high = 1;      ///< end of the colours
    int characters = 0;  ///< of a number in a cell; 0: there is no room for numbers
};

/// What fits into every cell, so that a column without numbers does not look like missing data.
int fitting_characters(const Frame& frame, const HeadLayout& layout, float largest) {
    const ImVec2 cell = layout.cell();
    if (cell.y < frame.px(13) || layout.turned) return 0;
    constexpr std::array<std::string_view, 3> widest = {"00", ".00", "0.00"};
    const auto fits = [&](std::string_view text) {
        return widgets::number_width(frame.fonts.small, text) <= cell.x - frame.px(1);
    };
    for (int characters = 4; characters >= 2; --characters)
        if (fits(widest[static_cast<size_t>(characters - 2)]) &&
            (fits(number_in(largest, characters)) || fits(number_in(largest, characters - 1))))
            return characters;
    return 0;
}

void draw_number(Frame& frame, const Picture& picture, ImVec2 min, float value, ImU32 ground) {
    ImFont* face = frame.fonts.small;
    const ImVec2 cell = picture.layout.cell();
    std::string text = number_in(value, picture.characters);
    float width = widgets::number_width(face, text);
    // Four digits are wider than three and a point.
    for (int fewer = picture.characters - 1; width > cell.x && fewer > 0; --fewer) {
        text = number_in(value, fewer);
        width = widgets::number_width(face, text);
    }
    widgets::number(
        ImGui::GetWindowDrawList(), face,
        {std::round(min.x + (cell.x + width) / 2), widgets::text_top(face, min.y, cell.y)},
        std::isfinite(value) ? readable_on(ground) : frame.theme.muted, text);
}

void draw_cell(Frame& frame, const Picture& picture, HeadId id, float value) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = picture.layout.corner(id), cell = picture.layout.cell();
    const ImVec2 min{picture.corner.x + at.x, picture.corner.y + at.y};
    const ImVec2 max{min.x + cell.x, min.y + cell.y};
    const bool chosen = id == chosen_head(frame), hovered = frame.hovered.head == id;
    const float share =
        picture.high > 0 && std::isfinite(value) ? std::clamp(value / picture.high, 0.f, 1.f) : 0;
    if (frame.view.entropy_bars) {
        list->AddRectFilled(min, max, faded(frame.theme.raised, 0.6f));
        list->AddRectFilled({min.x, max.y - std::round(share * cell.y)}, max,
                            chosen ? frame.theme.blue : frame.theme.muted);
        if (std::isnan(value))
            widgets::text(list, frame.fonts.small, {min.x + frame.px(2), min.y}, frame.theme.faint,
                          "–");
    } else {
        const ColourScale scale{.map = frame.view.colour_map,
                                .high = picture.high > 0 ? picture.high : 1};
        const ImU32 colour = std::isfinite(value) ? colour_of(scale, value) : frame.theme.raised;
        list->AddRectFilled(min, max, colour);
        if (picture.characters > 0) draw_number(frame, picture, min, value, colour);
    }
    if (!chosen && !hovered) return;
    const float out = frame.px(1);
    list->AddRect({min.x - out, min.y - out}, {max.x + out, max.y + out},
                  chosen ? frame.theme.blue : frame.theme.text, 0, 0, frame.px(chosen ? 2 : 1));
}

/// "2.4", "1"
std::string high_end(float high) {
    return high == std::floor(high) ? shown_number(high, 0) : number_in(high, 4);
}

/// Below the cells: the colours, or a full bar, from 0 to the largest value, and the unit; what the
/// axes of turned cells are.
void draw_scale(Frame& frame, const Picture& picture, const RowMetric& metric, float top,
                bool says_axes) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = frame.fonts.small;
    const float height = frame.px(entropy_scale_room), y = widgets::text_top(face, top, height);
    const float left = picture.corner.x + picture.layout.label_width;
    const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    float x = left;
    const auto word = [&](std::string_view text) {
        widgets::clipped_text(list, face, {x, y}, right - x, frame.theme.faint, text);
        x += widgets::text_size(face, text).x + frame.px(5);
    };
    word("0");
    const float length = std::min(frame.px(80), (right - left) / 3), thick = frame.px(6);
    const float middle = std::round(top + (height - thick) / 2);
    if (frame.view.entropy_bars) {
        list->AddRectFilled({x, middle}, {x + length, middle + thick}, frame.theme.muted);
    } else {
        const ColourScale scale{.map = frame.view.colour_map};
        constexpr int steps = 32;
        for (int i = 0; i < steps; ++i) {
            const float from = std::round(x + length * static_cast<float>(i) / steps);
            const float to = std::round(x + length * static_cast<float>(i + 1) / steps);
            list->AddRectFilled({from, middle}, {to, middle + thick},
                                colour_of(scale, (static_cast<float>(i) + 0.5f) / steps));
        }
    }
    x += length + frame.px(5);
    const std::string high = high_end(picture.high);
    word(metric.unit.empty() ? high : fmt::format("{} {}", high, metric.unit));
    constexpr std::string_view axes = "heads ↓ layers →";
    if (says_axes && x + widgets::text_size(face, axes).x <= right)
        widgets::text_right(list, face, {right, y}, frame.theme.faint, axes);
}

/// `range`: what the colours reach to, where nothing else says it.
void draw_menu(Frame& frame, Index metric, const std::string& range) {
    const auto metrics = row_metrics();
    const std::string caption = metric_caption(metrics[static_cast<size_t>(metric)]) + range;
    const std::string tip = fmt::format(
        "Mean over the queries of each head\n{}\nClick: another measure · B: bars or colours",
        metrics[static_cast<size_t>(metric)].definition);
    if (!widgets::heading_menu(frame, "metric", caption, tip, 240)) return;
    for (size_t i = 0; i < metrics.size(); ++i)
        if (widgets::menu_item(frame, metrics[i].label, metrics[i].unit, true,
                               static_cast<Index>(i) == metric))
            frame.view.entropy_metric = std::string(metrics[i].name);
    if (widgets::menu_item(frame, "as bars", "B", true, frame.view.entropy_bars))
        frame.view.entropy_bars = !frame.view.entropy_bars;
    widgets::end_menu();
}

void draw_entropy(Frame& frame) {
    const Index metric = chosen_metric(frame.view);
    const RowMetric& chosen = row_metrics()[static_cast<size_t>(metric)];
    const bool is_entropy = chosen.name.starts_with("entropy");
    widgets::heading(frame, is_entropy ? std::string_view("Entropy") : "Rows");
    if (frame.layers() == 0 || frame.heads() == 0) return draw_menu(frame, metric, {});

    const LeftColumn column = left_column(frame);
    const HeadMeans& means = head_means(frame, metric);
    const float high = chosen.upper_bound.value_or(means.largest);
    draw_menu(frame, metric,
              column.scale || chosen.upper_bound ? "" : fmt::format(", 0…{}", high_end(high)));
    Picture picture{ImGui::GetCursorScreenPos(), column.entropy};
    picture.high = high;
    picture.characters = fitting_characters(frame, picture.layout, means.largest);
    const HeadLayout& layout = picture.layout;
    const float indices = layout.turned ? frame.px(turned_index_room) : 0;
    const float height =
        layout.height() + indices + (column.scale ? frame.px(entropy_scale_room) : 0);
    // What stands below stays where it is.
    if (!frame.trace) return widgets::gap(frame, height / frame.scale);
    const widgets::Hit area =
        widgets::hit(frame, "heads", {ImGui::GetContentRegionAvail().x, height}, {});
    const ImVec2 below = ImGui::GetCursorScreenPos();

    const bool says_layers = draw_indices(frame, picture.corner, layout);
    // The chosen one last: its frame lies over the neighbours.
    const HeadId selected = chosen_head(frame);
    for (Index layer = 0; layer < layout.layers; ++layer)
        for (Index head = 0; head < layout.heads; ++head)
            draw_cell(frame, picture, {layer, head}, means.of({layer, head}));
    draw_cell(frame, picture, selected, means.of(selected));
    ImGui::SetCursorScreenPos(picture.corner);
    if (column.scale)
        draw_scale(frame, picture, chosen, picture.corner.y + layout.height() + indices,
                   layout.turned && !says_layers);
    ImGui::SetCursorScreenPos(below);

    if (!area.hovered) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const auto under = layout.at({mouse.x - picture.corner.x, mouse.y - picture.corner.y});
    if (!under) return;
    frame.view.hover.head = *under;
    if (area.clicked) frame.view.selected = *under;
    widgets::tooltip(frame, fmt::format("{}\n{} {}\nClick or arrows: choose it", head_name(*under),
                                        shown_number(means.of(*under), 3), metric_caption(chosen)));
}

}  // namespace

Panel entropy_panel() {
    return {"entropy", "", Place::left, draw_entropy};
}

}  // namespace fovea::app
