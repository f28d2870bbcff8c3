#include "app/panels/head_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/maps/head_textures.h"
#include "app/panels/head_changes.h"
#include "app/panels/head_indices.h"
#include "app/panels/head_order.h"
#include "app/panels/map_axes.h"
#include "app/panels/map_paint.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

ModelSize size_of(const Frame& frame) {
    return {frame.layers(), frame.heads(), frame.part};
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
    Grid(Frame& frame, ImVec2 corner, const HeadLayout& layout)
        : frame_(frame),
          corner_(corner),
          layout_(layout),
          list_(ImGui::GetWindowDrawList()),
          line_(std::max(1.0f, std::floor(frame.scale))),
          edits_(edits_in_force(frame)),
          sorted_(sorts_heads(frame.view)) {
        const auto heads = ordered_heads(frame);
        tiles_.reserve(heads.size());
        const ImVec2 cell = layout.cell();
        for (size_t i = 0; i < heads.size(); ++i) {
            const Index place = static_cast<Index>(i);
            const ImVec2 at = layout.corner(
                sorted_ ? HeadId{place / layout.heads, place % layout.heads} : heads[i]);
            const ImVec2 min{corner.x + at.x, corner.y + at.y};
            tiles_.push_back({heads[i], min, {min.x + cell.x, min.y + cell.y}});
        }
    }

    void draw() {
        if (sorted_)
            widgets::text(list_, frame_.fonts.small, corner_, frame_.theme.faint,
                          order_caption(frame_.view));
        else
            draw_indices(frame_, corner_, layout_);
        draw_thumbnails();
        if (frame_.view.show_change) draw_changes();
        draw_frames();
        follow_key();
    }

    void take_mouse() {
        ImGui::SetCursorScreenPos(corner_);
        ImGui::InvisibleButton(
            "heads", {std::max(1.0f, layout_.width()), std::max(1.0f, layout_.height())},
            ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
        const bool hovered = ImGui::IsItemHovered();
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        const Tile* tile = hovered ? tile_at(mouse) : nullptr;
        if (tile != nullptr) {
            take_tile(*tile);
        } else if (hovered && !sorted_) {
            if (const auto layer =
                    layout_.layer_index_at({mouse.x - corner_.x, mouse.y - corner_.y}))
                take_layer_index(*layer);
        }
        layer_menu();
    }

  private:
    const Tile* tile_at(ImVec2 point) const {
        const auto place = layout_.at({point.x - corner_.x, point.y - corner_.y});
        if (!place) return nullptr;
        // Both ways of standing have the heads of a row one after another.
        const auto i = static_cast<size_t>(place->layer * layout_.heads + place->head);
        return i < tiles_.size() ? &tiles_[i] : nullptr;
    }

    /// A head chosen by a key is seen, wherever the window that it stands in was scrolled to.
    void follow_key() {
        if (!frame_.view.head_sought || ImGui::GetScrollMaxY() <= 0) return;
        for (const Tile& tile : tiles_) {
            if (tile.head != frame_.view.selected) continue;
            const float top = ImGui::GetWindowPos().y, bottom = top + ImGui::GetWindowHeight();
            const float air = frame_.px(8);
            if (tile.min.y < top + air)
                ImGui::SetScrollY(ImGui::GetScrollY() - (top + air - tile.min.y));
            if (tile.max.y > bottom - air)
                ImGui::SetScrollY(ImGui::GetScrollY() + (tile.max.y - bottom + air));
        }
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

    // Amber over the picture, the more the head was changed; in the largest tiles the number.
    void draw_changes() {
        float highest = 0;
        for (const Tile& tile : tiles_) {
            const float value = head_value(frame_, change_metric, tile.head);
            if (std::isfinite(value)) highest = std::max(highest, value);
        }
        for (const Tile& tile : tiles_) {
            const float value = head_value(frame_, change_metric, tile.head);
            const ImU32 veil = faded(frame_.theme.panel, 0.55f);
            list_->AddRectFilled(tile.min, tile.max, veil);
            if (!(value > 0) || !(highest > 0)) continue;
            list_->AddRectFilled(tile.min, tile.max,
                                 faded(frame_.theme.amber, 0.85f * std::sqrt(value / highest)));
            const std::string number = short_number(value);
            const ImVec2 size = widgets::text_size(frame_.fonts.small, number);
            if (size.x + frame_.px(6) > tile.max.x - tile.min.x ||
                size.y + frame_.px(2) > tile.max.y - tile.min.y)
                continue;
            widgets::text(list_, frame_.fonts.small,
                          {std::floor((tile.min.x + tile.max.x - size.x) / 2),
                           std::floor((tile.min.y + tile.max.y - size.y) / 2)},
                          frame_.theme.text, number);
        }
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
            if (has_own_mask(edits_, tile.head, frame_.part)) draw_mask_mark(tile);
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

    // The diagonal of the cells that are painted away on the map, in the lower left corner.
    void draw_mask_mark(const Tile& tile) {
        const float side =
            std::clamp(std::floor((tile.max.y - tile.min.y) * 0.3f), frame_.px(4), frame_.px(9));
        const ImVec2 from(tile.min.x + line_, tile.max.y - line_ - side);
        const ImVec2 to(tile.min.x + line_ + side, tile.max.y - line_);
        list_->AddRectFilled({tile.min.x, from.y - line_}, {to.x + line_, tile.max.y},
                             frame_.theme.panel);
        list_->AddLine(from, to, frame_.theme.amber, 1.5f * frame_.scale);
    }

    void outline(const Tile& tile, ImU32 colour, float width) {
        // In the middle of the gap, so that nothing of the picture is covered.
        const float out = std::max(1.0f, std::floor(layout_.gap / 2));
        list_->AddRect({tile.min.x - out, tile.min.y - out}, {tile.max.x + out, tile.max.y + out},
                       colour, frame_.px(3), 0, width);
    }

    void draw_metric_frames() {
        if (frame_.view.frame_metric.empty()) return;
        std::vector<float> values;
        float low = 0, high = 0;
        for (const Tile& tile : tiles_) {
            values.push_back(head_value(frame_, frame_.view.frame_metric, tile.head));
            if (std::isfinite(values.back())) high = std::max(high, values.back());
        }
        ColourScale scale;
        scale.map = frame_.view.colour_map;
        scale.low = low;
        scale.high = high > 0 ? high : 1;
        const float width = std::max(line_, std::floor(layout_.gap / 2));
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
        if (ImGui::IsMouseDoubleClicked(0) && frame_.view.middle == "heads")
            frame_.view.middle = "map";
        if (ImGui::IsMouseClicked(1)) {
            frame_.issue(toggle_head(frame_.document.edits, tile.head, size_of(frame_)));
            frame_.end_gesture();
        }
        widgets::tooltip(frame_, tip_of(tile.head));
    }

    std::string tip_of(HeadId head) const {
        const auto share = [&](std::string_view metric) {
            const float value = head_value(frame_, metric, head);
            return std::isnan(value) ? "undefined" : fmt::format("{:.2f}", value);
        };
        std::string text =
            fmt::format("{}\nentropy {} of the maximum · largest weight {}", head_title(head),
                        share("entropy_normalised"), share("confidence"));
        std::vector<std::string> said = {"entropy_normalised", "confidence", ""};
        const auto say = [&](const std::string& name) {
            if (std::find(said.begin(), said.end(), name) != said.end()) return;
            said.push_back(name);
            for (const HeadMeasure& measure : head_measures()) {
                if (measure.name == name && name != change_metric)
                    text +=
                        fmt::format("\n{} {}", measure.label, shown_head_value(frame_, name, head));
            }
        };
        say(frame_.view.frame_metric);
        say(frame_.view.sort_metric);
        const auto change = frame_.changes ? frame_.changes->of(head) : std::nullopt;
        if (change) {
            text += fmt::format("\nchange by the edits {}: so much of each row went elsewhere",
                                short_number(*change));
            if (frame_.changes->rows() < frame_.changes->all_rows())
                text += fmt::format("\n(mean of {} of its {} rows)", frame_.changes->rows(),
                                    frame_.changes->all_rows());
        }
        if (is_silenced(edits_, head, frame_.part))
            text += "\nsilenced (right-click: let it speak)";
        if (has_own_mask(edits_, head, frame_.part)) text += "\nhas a painted mask";
        return text;
    }

    void take_layer_index(Index row) {
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
            frame_.view.middle = "lines";
        }
        widgets::end_menu();
    }

    Frame& frame_;
    ImVec2 corner_;
    HeadLayout layout_;
    ImDrawList* list_;
    float line_;
    const Edits& edits_;
    bool sorted_;
    std::vector<Tile> tiles_;
};

}  // namespace

HeadLayout grid_layout(const Frame& frame, const HeadRoom& room) {
    HeadLayout layout = sorts_heads(frame.view)
                            ? in_rows(frame.layers() * frame.heads(), room)
                            : largest_cells(frame.layers(), frame.heads(), room);
    layout.gap = head_gap(std::min(layout.pitch.x, layout.pitch.y), frame.scale);
    return layout;
}

void head_grid(Frame& frame, ImVec2 corner, const HeadLayout& layout) {
    if (frame.trace == nullptr || frame.trace->layers.empty()) return;
    find_changes(frame);
    Grid grid(frame, corner, layout);
    grid.draw();
    grid.take_mouse();
}

}  // namespace fovea::app
