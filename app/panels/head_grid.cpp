#include "app/panels/head_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/panels/head_means.h"
#include "app/panels/map_axes.h"
#include "app/panels/map_paint.h"
#include "app/render/head_textures.h"
#include "app/render/widgets.h"
#include "engine/metrics/row_metric.h"

namespace fovea::app {
namespace {

// The mean of a metric over one head's rows; NaN where it is undefined or unknown.
float head_metric(const Frame& frame, std::string_view name, HeadId head) {
    const auto metric = metric_index(name);
    return metric ? head_means(frame, *metric).of(head) : std::nanf("");
}

ModelSize size_of(const Frame& frame) {
    return {frame.layers(), frame.heads(), frame.part};
}

// All heads in the order in which they are drawn, row by row.
std::vector<HeadId> ordered_heads(const Frame& frame) {
    std::vector<HeadId> heads;
    heads.reserve(static_cast<size_t>(frame.layers() * frame.heads()));
    for (Index l = 0; l < frame.layers(); ++l) {
        for (Index h = 0; h < frame.heads(); ++h)
            heads.push_back({l, h});
    }
    if (frame.view.grid_order == GridOrder::layer) return heads;
    std::vector<float> entropy;
    entropy.reserve(heads.size());
    for (const HeadId head : heads) {
        const float value = head_metric(frame, "entropy_normalised", head);
        entropy.push_back(std::isnan(value) ? 2.0f : value);  // undefined ones last
    }
    const auto key = [&](HeadId head) {
        return entropy[static_cast<size_t>(head.layer * frame.heads() + head.head)];
    };
    std::stable_sort(heads.begin(), heads.end(),
                     [&](HeadId a, HeadId b) { return key(a) < key(b); });
    return heads;
}

void dashed_frame(ImDrawList* list, ImVec2 min, ImVec2 max, ImU32 colour, float dash, float line) {
    const auto side = [&](ImVec2 from, ImVec2 to) {
        const bool across = from.y == to.y;
        const float length = across ? to.x - from.x : to.y - from.y;
        for (float at = 0; at < length; at += 2 * dash) {
            const float end = std::min(at + dash, length);
            if (across) {
                list->AddRectFilled({from.x + at, from.y}, {from.x + end, from.y + line}, colour);
            } else {
                list->AddRectFilled({from.x, from.y + at}, {from.x + line, from.y + end}, colour);
            }
        }
    };
    side(min, {max.x, min.y});
    side({min.x, max.y - line}, {max.x, max.y - line});
    side(min, {min.x, max.y});
    side({max.x - line, min.y}, {max.x - line, max.y});
}

struct Tile {
    HeadId head;
    ImVec2 min, max;
};

class Grid {
  public:
    Grid(Frame& frame, ImVec2 corner, const GridSize& size)
        : frame_(frame),
          corner_(corner),
          size_(size),
          list_(ImGui::GetWindowDrawList()),
          line_(std::max(1.0f, std::floor(frame.scale))),
          edits_(edits_in_force(frame)) {
        const auto heads = ordered_heads(frame);
        tiles_.reserve(heads.size());
        for (size_t i = 0; i < heads.size(); ++i) {
            const Index place = static_cast<Index>(i);
            const ImVec2 min = tile_corner(place / size.columns, place % size.columns);
            const float side = size.pitch - size.gap;
            tiles_.push_back({heads[i], min, {min.x + side, min.y + side}});
        }
    }

    void draw() {
        draw_indices();
        draw_thumbnails();
        draw_frames();
    }

    void take_mouse() {
        ImGui::SetCursorScreenPos(corner_);
        ImGui::InvisibleButton(
            "heads", {std::max(1.0f, size_.width()), std::max(1.0f, size_.height())},
            ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
        const bool hovered = ImGui::IsItemHovered();
        const Tile* tile = hovered ? tile_at(ImGui::GetIO().MousePos) : nullptr;
        if (tile != nullptr) {
            take_tile(*tile);
        } else if (hovered) {
            take_layer_index();
        }
        layer_menu();
    }

  private:
    ImVec2 tile_corner(Index row, Index column) const {
        return {
            std::floor(corner_.x + size_.label_width + size_.pitch * static_cast<float>(column)),
            std::floor(corner_.y + size_.header + size_.pitch * static_cast<float>(row))};
    }

    const Tile* tile_at(ImVec2 point) const {
        const float x = (point.x - corner_.x - size_.label_width) / size_.pitch;
        const float y = (point.y - corner_.y - size_.header) / size_.pitch;
        if (x < 0 || y < 0 || x >= static_cast<float>(size_.columns)) return nullptr;
        const auto place =
            static_cast<size_t>(static_cast<Index>(y) * size_.columns + static_cast<Index>(x));
        return place < tiles_.size() ? &tiles_[place] : nullptr;
    }

    void draw_indices() {
        ImFont* font = frame_.fonts.small;
        const float side = size_.pitch - size_.gap;
        const bool by_layer = frame_.view.grid_order == GridOrder::layer;
        if (!by_layer) {
            widgets::text(list_, font, {corner_.x + size_.label_width, corner_.y},
                          frame_.theme.faint, "lowest entropy first");
            return;
        }
        const auto lit = frame_.hovered.head;
        // Two digits in a narrow column: every second index.
        const float widest = widgets::text_size(font, fmt::format("{}", size_.columns - 1)).x;
        const Index step = widest + frame_.px(3) > size_.pitch ? 2 : 1;
        for (Index c = 0; c < size_.columns; c += step) {
            const std::string label = fmt::format("{}", c);
            const float width = widgets::text_size(font, label).x;
            const ImVec2 at = tile_corner(0, c);
            const bool here = lit ? lit->head == c : frame_.view.selected.head == c;
            widgets::text(list_, font, {std::floor(at.x + (side - width) / 2), corner_.y},
                          here ? frame_.theme.blue : frame_.theme.faint, label);
        }
        for (Index r = 0; r < size_.rows; ++r) {
            if (r % row_label_step() != 0) continue;
            const ImVec2 at = tile_corner(r, 0);
            const bool here = lit ? lit->layer == r : frame_.view.selected.layer == r;
            widgets::text_right(
                list_, font,
                {corner_.x + size_.label_width - frame_.px(6), widgets::text_top(font, at.y, side)},
                here ? frame_.theme.blue : frame_.theme.faint, fmt::format("{}", r));
        }
    }

    Index row_label_step() const {
        return widgets::font_size(frame_.fonts.small) * 0.9f > size_.pitch ? 2 : 1;
    }

    void draw_thumbnails() {
        show_thumbnails(frame_);
        std::vector<HeadTile> drawn;
        drawn.reserve(tiles_.size());
        for (const Tile& tile : tiles_) {
            const float opacity = is_silenced(edits_, tile.head, frame_.part) ? 0.25f : 1.0f;
            drawn.push_back({tile.head.layer, tile.head.head, tile.min, tile.max, opacity});
        }
        frame_.textures.draw_heads(list_, drawn, colour_scale(frame_.view, true),
                                   frame_.theme.raised);
    }

    void draw_frames() {
        draw_metric_frames();
        for (const Tile& tile : tiles_) {
            if (is_silenced(edits_, tile.head, frame_.part))
                dashed_frame(list_, tile.min, tile.max, faded(frame_.theme.amber, 0.75f),
                             frame_.px(3), line_);
            if (has_own_temperature(edits_, tile.head, frame_.part)) {
                const float radius = std::max(2.0f, frame_.px(2.5f));
                list_->AddCircleFilled({tile.max.x - radius, tile.min.y + radius}, radius + line_,
                                       frame_.theme.panel);
                list_->AddCircleFilled({tile.max.x - radius, tile.min.y + radius}, radius,
                                       frame_.theme.amber);
            }
            const auto& lines = frame_.view.line_heads;
            if (std::find(lines.begin(), lines.end(), tile.head) != lines.end())
                outline(tile, faded(frame_.theme.blue, 0.6f), line_);
            if (frame_.hovered.head == tile.head && frame_.view.selected != tile.head)
                outline(tile, frame_.theme.muted, line_);
        }
        for (const Tile& tile : tiles_) {
            if (tile.head == frame_.view.selected) outline(tile, frame_.theme.blue, 2 * line_);
        }
    }

    void outline(const Tile& tile, ImU32 colour, float width) {
        // In the middle of the gap, so that nothing of the picture is covered.
        const float out = std::max(1.0f, std::floor(size_.gap / 2));
        list_->AddRect({tile.min.x - out, tile.min.y - out}, {tile.max.x + out, tile.max.y + out},
                       colour, frame_.px(3), 0, width);
    }

    void draw_metric_frames() {
        if (frame_.view.frame_metric.empty()) return;
        std::vector<float> values;
        float low = 0, high = 0;
        for (const Tile& tile : tiles_) {
            values.push_back(head_metric(frame_, frame_.view.frame_metric, tile.head));
            if (std::isfinite(values.back())) high = std::max(high, values.back());
        }
        ColourScale scale;
        scale.map = frame_.view.colour_map;
        scale.low = low;
        scale.high = high > 0 ? high : 1;
        const float width = std::max(line_, std::floor(size_.gap / 2));
        for (size_t i = 0; i < tiles_.size(); ++i) {
            if (!std::isfinite(values[i])) continue;
            const Tile& tile = tiles_[i];
            const float half = width / 2;
            list_->AddRect({tile.min.x - half, tile.min.y - half},
                           {tile.max.x + half, tile.max.y + half}, colour_of(scale, values[i]), 0,
                           0, width);
        }
    }

    void take_tile(const Tile& tile) {
        frame_.view.hover.head = tile.head;
        if (ImGui::IsMouseClicked(0)) {
            auto& lines = frame_.view.line_heads;
            if (ImGui::GetIO().KeyCtrl) {
                const auto found = std::find(lines.begin(), lines.end(), tile.head);
                if (found != lines.end()) {
                    lines.erase(found);
                } else if (tile.head != frame_.view.selected) {
                    lines.push_back(tile.head);
                }
            } else {
                frame_.view.selected = tile.head;
            }
        }
        if (ImGui::IsMouseDoubleClicked(0) && frame_.view.middle == MiddleView::heads)
            frame_.view.middle = MiddleView::map;
        if (ImGui::IsMouseClicked(1)) {
            frame_.issue(toggle_head(frame_.document.edits, tile.head, size_of(frame_)));
            frame_.end_gesture();
        }
        const float entropy = head_metric(frame_, "entropy_normalised", tile.head);
        const float confidence = head_metric(frame_, "confidence", tile.head);
        std::string text = fmt::format("{}\nentropy {} of the maximum · confidence {}",
                                       head_label(tile.head), share(entropy), share(confidence));
        const auto& name = frame_.view.frame_metric;
        if (const auto metric = metric_index(name);
            metric && name != "entropy_normalised" && name != "confidence") {
            const RowMetric& shown = row_metrics()[static_cast<size_t>(*metric)];
            text += fmt::format("\n{} {} {}", shown.label,
                                short_number(head_metric(frame_, name, tile.head)), shown.unit);
        }
        if (is_silenced(edits_, tile.head, frame_.part))
            text += "\nsilenced (right-click: let it speak)";
        widgets::tooltip(frame_, text);
    }

    static std::string share(float value) {
        return std::isnan(value) ? "undefined" : fmt::format("{:.2f}", value);
    }

    void take_layer_index() {
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        if (frame_.view.grid_order != GridOrder::layer) return;
        if (mouse.x >= corner_.x + size_.label_width || mouse.y < corner_.y + size_.header) return;
        const auto row = static_cast<Index>((mouse.y - corner_.y - size_.header) / size_.pitch);
        if (row >= frame_.layers()) return;
        if (ImGui::IsMouseClicked(0) || ImGui::IsMouseClicked(1)) {
            ImGui::GetStateStorage()->SetInt(ImGui::GetID("menu layer"), static_cast<int>(row));
            widgets::open_menu("layer menu");
        }
        widgets::tooltip(frame_, fmt::format("Layer {}\nclick: choose or silence it", row));
    }

    void layer_menu() {
        const int layer = ImGui::GetStateStorage()->GetInt(ImGui::GetID("menu layer"), -1);
        if (layer < 0 || layer >= frame_.layers()) return;
        if (!widgets::begin_menu(frame_, "layer menu", 200)) return;
        const Edits& edits = frame_.document.edits;
        const bool silent = is_layer_silenced(edits, layer, size_of(frame_));
        if (widgets::menu_item(frame_, fmt::format("choose layer {}", layer)))
            frame_.view.selected.layer = layer;
        if (widgets::menu_item(frame_, silent ? "let the layer speak" : "silence the layer",
                               "Shift+S")) {
            frame_.issue(toggle_layer(edits, layer, size_of(frame_)));
            frame_.end_gesture();
        }
        if (widgets::menu_item(frame_, "draw all its heads as lines")) {
            frame_.view.selected.layer = layer;
            frame_.view.line_heads.clear();
            for (Index h = 0; h < frame_.heads(); ++h) {
                if (h != frame_.view.selected.head) frame_.view.line_heads.push_back({layer, h});
            }
            frame_.view.middle = MiddleView::lines;
        }
        widgets::end_menu();
    }

    Frame& frame_;
    ImVec2 corner_;
    GridSize size_;
    ImDrawList* list_;
    float line_;
    const Edits& edits_;
    std::vector<Tile> tiles_;
};

}  // namespace

GridSize grid_size(const Frame& frame, const GridRoom& room) {
    GridSize size;
    size.columns = std::max<Index>(1, frame.heads());
    size.rows = std::max<Index>(1, frame.layers());
    size.label_width = std::floor(frame.px(24));
    size.header = std::floor(frame.px(20));
    float pitch = (room.width - size.label_width) / static_cast<float>(size.columns);
    if (room.height > 0)
        pitch = std::min(pitch, (room.height - size.header) / static_cast<float>(size.rows));
    // Whole pixels, so that all gaps look equal.
    size.pitch = std::floor(std::clamp(pitch, frame.px(room.smallest), frame.px(room.largest)));
    size.gap = std::max(2.0f, std::floor(size.pitch * 0.13f));
    size.gap = std::min(size.gap, std::floor(frame.px(6)));
    return size;
}

void head_grid(Frame& frame, ImVec2 corner, const GridSize& size) {
    if (frame.trace == nullptr || frame.trace->layers.empty()) return;
    Grid grid(frame, corner, size);
    grid.draw();
    grid.take_mouse();
}

}  // namespace fovea::app
