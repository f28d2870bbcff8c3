#include "app/panels/matrix_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/maps/head_textures.h"
#include "app/panels/cell_facts.h"
#include "app/panels/map_axes.h"
#include "app/panels/map_geometry.h"
#include "app/panels/map_input.h"
#include "app/panels/map_paint.h"
#include "app/panels/minimap.h"
#include "app/ui/colours.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float margin = 16, bar_gap = 24, bar_room = 24 + 12 + 48;  // design pixels
constexpr float largest_cell = 128;
constexpr float cell_with_value = 44;
constexpr float cell_with_gap = 6;

float line_width(const Frame& frame) {
    return std::max(1.0f, std::floor(frame.scale));
}

// Painted cells: the colour below is covered and a diagonal drawn, as faint as the cause is wide.
class Hatching {
  public:
    Hatching(const Frame& frame, const MapWindow& window)
        : frame_(frame), window_(window), list_(ImGui::GetWindowDrawList()) {}

    void cover(const MapRegion& cells, float strength) const {
        auto box = window_.box(cells);
        const float gap = window_.cell() >= frame_.px(cell_with_gap) ? line_width(frame_) : 0;
        box.max.x -= gap;
        box.max.y -= gap;
        // Never nothing: one row of thousands is still a pixel wide.
        box.max.x = std::max(box.max.x, box.min.x + 1);
        box.max.y = std::max(box.max.y, box.min.y + 1);
        list_->AddRectFilled(box.min, box.max, frame_.theme.raised);
        if (!draws_cells()) {
            list_->AddRectFilled(box.min, box.max, faded(frame_.theme.amber, 0.55f * strength));
            return;
        }
        const ImVec2 inset(static_cast<float>(window_.cell_width()) * 0.2f,
                           static_cast<float>(window_.cell_height()) * 0.2f);
        list_->AddLine({box.min.x + inset.x, box.min.y + inset.y},
                       {box.max.x - inset.x, box.max.y - inset.y},
                       faded(frame_.theme.amber, strength), 1.5f * frame_.scale);
    }

    /// Cells are large enough to be hatched one by one.
    bool draws_cells() const { return window_.cell() >= frame_.px(7); }

  private:
    const Frame& frame_;
    const MapWindow& window_;
    ImDrawList* list_;
};

// Queries in view from which the mask's rule does not hide a key: they have no gaps.
MapRegion visible_column(const AttentionMask& rule, const MapRegion& view, Index key) {
    MapRegion run{view.query_begin, view.query_end, key, key + 1};
    if (rule.causal) run.query_begin = std::max(run.query_begin, key);
    if (rule.window > 0) {
        run.query_begin = std::max(run.query_begin, key - rule.window + 1);
        run.query_end = std::min(run.query_end, key + rule.window);
    }
    return run;
}

MapRegion visible_row(const AttentionMask& rule, const MapRegion& view, Index query) {
    const auto keys = rule.visible_range(query, view.key_end);
    return {query, query + 1, std::max(view.key_begin, keys.begin),
            std::min(view.key_end, keys.end)};
}

void draw_painted(const Frame& frame, const MapWindow& window, const PaintedBlocks& painted,
                  const MapPicture& picture) {
    const Hatching hatching(frame, window);
    const MapRegion view = window.region();
    const auto& mask = picture.layer->edits[static_cast<size_t>(picture.head)].mask;
    AttentionMask rule;
    rule.causal = mask.causal;
    rule.window = mask.window;
    const auto cover = [&](Index query, Index key, float strength) {
        if (query < view.query_begin || query >= view.query_end || key < view.key_begin ||
            key >= view.key_end || !rule.visible(query, key))
            return;
        hatching.cover({query, query + 1, key, key + 1}, strength);
    };
    constexpr float faint = 0.4f;
    for (const Index key : painted.keys) {
        if (key < view.key_begin || key >= view.key_end) continue;
        const MapRegion run = visible_column(rule, view, key);
        if (!hatching.draws_cells() && run.rows() > 0) hatching.cover(run, faint);
        for (Index query = run.query_begin; query < run.query_end && hatching.draws_cells();
             ++query)
            cover(query, key, faint);
    }
    for (const Index query : painted.queries) {
        if (query < view.query_begin || query >= view.query_end) continue;
        const MapRegion run = visible_row(rule, view, query);
        if (!hatching.draws_cells() && run.columns() > 0) hatching.cover(run, faint);
        for (Index key = run.key_begin; key < run.key_end && hatching.draws_cells(); ++key) {
            if (!painted.hides_key(key)) cover(query, key, faint);
        }
    }
    for (const Cell cell : painted.cells)
        cover(cell.query, cell.key, 1);
}

void draw_values(Frame& frame, const MapWindow& window, const MapPicture& picture,
                 const ColourScale& scale) {
    if (window.cell_width() < frame.px(cell_with_value) || window.cell_height() < frame.px(20) ||
        !picture.at_hand())
        return;
    MapPicture part = picture;
    part.region = window.region();
    const auto grid = frame.textures.maps().cells(part, part.region.rows(), part.region.columns());
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = window.cell_width() >= frame.px(60) ? frame.fonts.text : frame.fonts.small;
    const float height = widgets::font_size(font);
    for (Index r = 0; r < part.region.rows(); ++r) {
        for (Index c = 0; c < part.region.columns(); ++c) {
            const float value = grid->values.at(r, c);
            if (value < hidden_limit) continue;
            const Index query = part.region.query_begin + r, key = part.region.key_begin + c;
            const auto box = window.box({query, query + 1, key, key + 1});
            const std::string label = short_number(value);
            const float width = widgets::text_size(font, label).x;
            widgets::text(list, font,
                          {std::floor((box.min.x + box.max.x - width) / 2),
                           std::floor((box.min.y + box.max.y - height) / 2)},
                          readable_on(colour_of(scale, value)), label);
        }
    }
}

void draw_crosshair(const Frame& frame, const MapWindow& window) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const MapRegion view = window.region();
    const float line = line_width(frame);
    // An outline one pixel outside of the cells, on the gaps beside them.
    const auto outline = [&](const MapRegion& cells, ImU32 colour, float width) {
        const auto box = window.box(cells);
        const float out = (width - line) / 2;
        list->AddRect({box.min.x - line - out, box.min.y - line - out},
                      {box.max.x + out, box.max.y + out}, colour, 0, 0, width);
    };
    if (const auto& pin = frame.view.pinned;
        pin && pin->query >= view.query_begin && pin->query < view.query_end &&
        pin->key >= view.key_begin && pin->key < view.key_end) {
        // The dark edge makes it seen on bright cells, and where a cell is a pixel.
        const MapRegion cell{pin->query, pin->query + 1, pin->key, pin->key + 1};
        outline(cell, frame.theme.background, 4 * line);
        outline(cell, frame.theme.blue, 2 * line);
    }
    const auto query = frame.hovered.query, key = frame.hovered.key;
    const ImU32 quiet = faded(frame.theme.blue, 0.6f);
    const bool row = query && *query >= view.query_begin && *query < view.query_end;
    const bool column = key && *key >= view.key_begin && *key < view.key_end;
    if (row) outline({*query, *query + 1, view.key_begin, view.key_end}, quiet, line);
    if (column) outline({view.query_begin, view.query_end, *key, *key + 1}, quiet, line);
    if (row && column) outline({*query, *query + 1, *key, *key + 1}, frame.theme.blue, 2 * line);
}

// The value of a picture of one cell.
float map_value(const MapPicture& one) {
    std::span<const float> norms;
    if (one.value_norms) norms = one.value_norms->of_head(one.head);
    return head_map(*one.layer, one.head, one.quantity, one.region, norms).at(0, 0);
}

std::string tooltip_text(const Frame& frame, Cell cell, const MapPicture& picture) {
    const std::string pair =
        fmt::format("{} → {}", frame.query_labels()[static_cast<size_t>(cell.query)],
                    frame.key_labels()[static_cast<size_t>(cell.key)]);
    MapPicture one = picture;
    one.region = {cell.query, cell.query + 1, cell.key, cell.key + 1};
    if (picture.subtract && picture.at_hand()) {
        MapPicture above = one, below = one;
        above.subtract = nullptr;
        below.subtract = nullptr;
        below.layer = picture.subtract;
        below.head = picture.subtract_head;
        below.value_norms = picture.subtract_value_norms;
        const float with = map_value(above), without = map_value(below);
        return fmt::format("{}   {}{}\n{} less {}", pair, with >= without ? "+" : "",
                           short_number(with - without), short_number(with), short_number(without));
    }
    const CellFacts& facts = cell_in_view(frame, cell.query, cell.key).facts;
    std::string text = fmt::format("{}   {}\nlogit {}", pair,
                                   facts.visible ? shown_weight(facts.weight) : "hidden",
                                   shown_logit(facts.logit));
    if (facts.visible) text += fmt::format(" · rank {}", facts.rank);
    if (facts.was) text += fmt::format(" · was {}", shown_weight(*facts.was));
    if (!facts.visible) return text;
    if (picture.quantity == Quantity::value_weighted && picture.at_hand())
        text += fmt::format("\nvalue-weighted {}", short_number(map_value(one)));
    return text;
}

// Where the map is zoomed into, the whole of it in small below the colour bar, which gives way.
// Returns how high the bar may be.
float draw_minimap(Frame& frame, MapExtent extent, Area room, float bar) {
    if (map_window(frame.view, extent, room.min, {1, 1}).whole()) return bar;
    const float gap = frame.px(20), least = std::floor(frame.px(80));
    const auto area = minimap_area(frame, room, extent, least + gap);
    if (!area) return bar;
    minimap(frame, extent, *area);
    return std::floor(std::clamp(area->min.y - gap - room.min.y, least, bar));
}

}  // namespace

void notice(Frame& frame, Area area, std::string_view sentence) {
    const ImVec2 size = widgets::text_size(frame.fonts.text, sentence);
    const float width = std::min(size.x, area.width() - frame.px(2 * margin));
    widgets::clipped_text(ImGui::GetWindowDrawList(), frame.fonts.text,
                          {std::floor(area.min.x + (area.width() - width) / 2),
                           std::floor(area.min.y + (area.height() - size.y) / 2)},
                          std::ceil(width), frame.theme.muted, sentence);
}

void nothing_to_see(Frame& frame, Area area) {
    if (!frame.error.empty()) return;  // it stands above
    notice(frame, area,
           frame.sentence_is_empty ? "Type a sentence: its attention appears with each key"
                                   : "Reading…");
}

void matrix_view(Frame& frame, const MapPicture& picture, Area area, const ColourScale& scale) {
    const MapExtent extent{picture.layer->projections->queries, picture.layer->projections->keys};
    const AxisRoom room = axis_room(frame);
    const float edge = std::floor(frame.px(margin));
    const float width = area.width() - 2 * edge - room.left - frame.px(bar_room);
    const float height = area.height() - edge - frame.px(4) - room.top;
    if (std::min(width, height) < frame.px(40)) return;
    const ImVec2 size = map_size({width, height}, extent, frame.px(largest_cell));
    // The whole group of labels, map and bar stands in the middle of a wide window.
    const float spare = std::max(0.0f, width - size.x);
    const ImVec2 origin(std::floor(area.min.x + edge + room.left + spare / 2),
                        std::floor(area.min.y + frame.px(4) + room.top));
    const float bar = std::clamp(size.y, std::floor(frame.px(80)), std::floor(frame.px(240)));
    const float bar_kept = draw_minimap(frame, extent,
                                        {{origin.x + size.x + frame.px(bar_gap), origin.y},
                                         {area.max.x - frame.px(8), origin.y + size.y}},
                                        bar);
    MapWindow window = map_window(frame.view, extent, origin, size);
    const auto under_pointer = map_input(frame, window);

    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 end = window.end();
    MapPicture shown = picture;
    shown.region = window.region();
    const MapRegion& region = shown.region;
    MapStyle style;
    style.hidden = frame.theme.raised;
    style.gap = frame.theme.background;
    style.gap_width = window.cell() >= frame.px(cell_with_gap) ? line_width(frame) : 0;
    list->PushClipRect(origin, end, true);
    const ImVec2 corner(static_cast<float>(window.x_of(static_cast<double>(region.key_begin))),
                        static_cast<float>(window.y_of(static_cast<double>(region.query_begin))));
    const ImVec2 opposite(static_cast<float>(window.x_of(static_cast<double>(region.key_end))),
                          static_cast<float>(window.y_of(static_cast<double>(region.query_end))));
    const ColourScale drawn = frame.textures.draw_map(list, shown, corner, opposite, scale, style);
    const PaintedBlocks painted = painted_blocks(
        edits_in_force(frame), {frame.view.selected, extent.queries, extent.keys, frame.part});
    draw_painted(frame, window, painted, picture);
    draw_values(frame, window, picture, drawn);
    list->PopClipRect();

    const float slack = 2 * line_width(frame);
    list->PushClipRect({origin.x - slack, origin.y - slack}, {end.x + slack, end.y + slack}, true);
    draw_crosshair(frame, window);
    list->PopClipRect();

    draw_axes(frame, window, room, painted);
    draw_colour_bar(frame, {end.x + frame.px(bar_gap), origin.y}, bar_kept, drawn);
    if (under_pointer && !ImGui::IsMouseDown(0) && !ImGui::IsMouseDown(2))
        widgets::tooltip(frame, tooltip_text(frame, *under_pointer, picture));
}

}  // namespace fovea::app
