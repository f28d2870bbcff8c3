#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/head_means.h"
#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/render/head_textures.h"
#include "app/render/widgets.h"

namespace fovea::app {

namespace {

constexpr float label_room = 20;

struct Grid {
    ImVec2 corner;
    float cell_width, row, cell_height;
    float left_of(Index head) const { return corner.x + cell_width * static_cast<float>(head); }
    float top_of(Index layer) const { return corner.y + row * static_cast<float>(layer); }
};

Grid grid_of(const Frame& frame) {
    const Index layers = frame.layers();
    const float row = layers <= 8 ? 22 : layers <= 16 ? 16 : 12;
    const float gap = layers <= 8 ? 2 : 1;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float left = corner.x + frame.px(label_room);
    const float width = corner.x + ImGui::GetContentRegionAvail().x - left;
    return {{left, corner.y},
            width / static_cast<float>(std::max(frame.heads(), Index{1})),
            frame.px(row),
            std::floor(frame.px(row - gap))};
}

/// "0.48", or ".48" where that is what fits, or nothing.
std::string fitting_number(const Frame& frame, float value, float width) {
    std::string text = shown_number(value, value < 9.995f ? 2 : 1);
    const auto fits = [&] {
        return widgets::number_width(frame.fonts.small, text) <= width - frame.px(1);
    };
    if (!fits() && text.starts_with("0.")) text.erase(0, 1);
    return fits() ? text : std::string();
}

void draw_cell(Frame& frame, const Grid& grid, HeadId id, float value, float high) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float space = grid.cell_width >= frame.px(8) ? frame.px(2) : 0;
    const ImVec2 min{std::round(grid.left_of(id.head)), grid.top_of(id.layer)};
    const ImVec2 max{std::round(grid.left_of(id.head + 1)) - space, min.y + grid.cell_height};
    const bool chosen = id == chosen_head(frame), hovered = frame.hovered.head == id;
    const float share = high > 0 && std::isfinite(value) ? std::clamp(value / high, 0.f, 1.f) : 0;
    if (frame.view.entropy_bars) {
        list->AddRectFilled(min, max, faded(frame.theme.raised, 0.6f));
        list->AddRectFilled({min.x, max.y - std::round(share * grid.cell_height)}, max,
                            chosen ? frame.theme.blue : frame.theme.muted);
        if (std::isnan(value))
            widgets::text(list, frame.fonts.small, {min.x + frame.px(2), min.y}, frame.theme.faint,
                          "–");
    } else {
        const ColourScale scale{.map = frame.view.colour_map, .high = high > 0 ? high : 1};
        const ImU32 colour = std::isfinite(value) ? colour_of(scale, value) : frame.theme.raised;
        list->AddRectFilled(min, max, colour);
        // The narrowest cell decides for all: a column without numbers would look like missing
        // data.
        const std::string text = fitting_number(frame, value, std::floor(grid.cell_width) - space);
        if (grid.cell_height >= frame.px(14) && !text.empty()) {
            const float width = widgets::number_width(frame.fonts.small, text);
            widgets::number(list, frame.fonts.small,
                            {std::round((min.x + max.x + width) / 2),
                             widgets::text_top(frame.fonts.small, min.y, grid.cell_height)},
                            std::isfinite(value) ? readable_on(colour) : frame.theme.muted, text);
        }
    }
    if (!chosen && !hovered) return;
    const float out = frame.px(1);
    list->AddRect({min.x - out, min.y - out}, {max.x + out, max.y + out},
                  chosen ? frame.theme.blue : frame.theme.text, 0, 0, frame.px(chosen ? 2 : 1));
}

void draw_layer_names(Frame& frame, const Grid& grid, Index first, Index last) {
    ImFont* face = frame.fonts.small;
    // Every label where they do not touch, every second or fourth elsewhere.
    const Index step = grid.row >= frame.px(12) ? 1 : 4;
    for (Index layer = first; layer < last; ++layer)
        if (layer % step == 0)
            widgets::number(ImGui::GetWindowDrawList(), face,
                            {grid.corner.x - frame.px(6),
                             widgets::text_top(face, grid.top_of(layer), grid.cell_height)},
                            frame.theme.faint, std::to_string(layer));
}

void draw_menu(Frame& frame, Index metric) {
    const auto metrics = row_metrics();
    const std::string caption = metric_caption(metrics[static_cast<size_t>(metric)]);
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

void draw(Frame& frame) {
    const Index metric = chosen_metric(frame.view);
    const RowMetric& chosen = row_metrics()[static_cast<size_t>(metric)];
    const bool is_entropy = chosen.name.starts_with("entropy");
    widgets::heading(frame, is_entropy ? std::string_view("Entropy") : "Rows");
    draw_menu(frame, metric);
    if (frame.layers() == 0 || frame.heads() == 0) return;
    const Grid grid = grid_of(frame);
    if (!frame.trace) {
        // What stands below stays where it is.
        widgets::gap(frame, grid.row * static_cast<float>(frame.layers()) / frame.scale);
        return;
    }
    const HeadMeans& means = head_means(frame, metric);
    const float high = chosen.upper_bound.value_or(means.largest);
    const float height = grid.row * static_cast<float>(frame.layers());
    ImGui::SetCursorScreenPos(grid.corner);
    const widgets::Hit area = widgets::hit(
        frame, "heads", {grid.cell_width * static_cast<float>(frame.heads()), height}, {});

    // Only rows inside the clip rectangle: the column scrolls with deep models.
    const ImDrawList* list = ImGui::GetWindowDrawList();
    const float clip_top = list->GetClipRectMin().y, clip_bottom = list->GetClipRectMax().y;
    const auto row_at = [&](float y) {
        return std::clamp(static_cast<Index>(std::floor((y - grid.corner.y) / grid.row)), Index{0},
                          frame.layers());
    };
    const Index first = row_at(clip_top), last = std::min(row_at(clip_bottom) + 1, frame.layers());
    draw_layer_names(frame, grid, first, last);
    const auto value_of = [&](HeadId id) { return means.of(id); };
    for (Index layer = first; layer < last; ++layer)
        for (Index head = 0; head < frame.heads(); ++head)
            draw_cell(frame, grid, {layer, head}, value_of({layer, head}), high);
    // Its frame lies over the neighbours.
    const HeadId selected = chosen_head(frame);
    draw_cell(frame, grid, selected, value_of(selected), high);

    if (!area.hovered) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const HeadId under{std::clamp(static_cast<Index>((mouse.y - grid.corner.y) / grid.row),
                                  Index{0}, frame.layers() - 1),
                       std::clamp(static_cast<Index>((mouse.x - grid.corner.x) / grid.cell_width),
                                  Index{0}, frame.heads() - 1)};
    frame.view.hover.head = under;
    if (area.clicked) frame.view.selected = under;
    widgets::tooltip(frame, fmt::format("{}\n{} {}\nClick or arrows: choose it", head_name(under),
                                        shown_number(value_of(under), 3), metric_caption(chosen)));
}

}  // namespace

Panel entropy_panel() {
    return {"entropy", "", Place::left, MiddleView::map, draw};
}

}  // namespace fovea::app
