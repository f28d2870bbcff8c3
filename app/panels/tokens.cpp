#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "app/maps/head_textures.h"
#include "app/panels/list.h"
#include "app/panels/map_axes.h"
#include "app/panels/panel_parts.h"
#include "app/panels/search.h"
#include "app/panels/this_square.h"
#include "app/panels/token_tiles.h"
#include "app/panels/tokens_heading.h"
#include "app/ui/colours.h"
#include "app/ui/widgets.h"
#include "engine/analysis/wording.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

namespace {

/// Blocks of whole keys or whole queries that hide one token from the head in view.
std::vector<BlockEdit> hiding(const Frame& frame, Index token, bool as_key) {
    const HeadId id = chosen_head(frame);
    std::vector<BlockEdit> found;
    for (const BlockEdit& block : frame.document.edits.blocks) {
        const bool whole =
            as_key ? block.key == token && !block.query : block.query == token && !block.key;
        if (whole && block.scope.covers(id.layer, id.head, frame.part)) found.push_back(block);
    }
    return found;
}

/// Which tokens are hidden from the head in view, as a key or as a query.
struct Hidden {
    std::vector<Index> keys;     // sorted
    std::vector<Index> queries;  // sorted
    static bool holds(const std::vector<Index>& tokens, Index token) {
        return std::binary_search(tokens.begin(), tokens.end(), token);
    }
};

Hidden hidden_tokens(const Frame& frame) {
    Hidden hidden;
    const HeadId id = chosen_head(frame);
    for (const BlockEdit& block : frame.document.edits.blocks) {
        const bool here = block.scope.covers(id.layer, id.head, frame.part);
        if (!here || (block.query && block.key)) continue;
        if (block.key) hidden.keys.push_back(*block.key);
        if (block.query) hidden.queries.push_back(*block.query);
    }
    std::sort(hidden.keys.begin(), hidden.keys.end());
    std::sort(hidden.queries.begin(), hidden.queries.end());
    return hidden;
}

/// What a query looks at, [keys]; made once and not in every frame: in a long sentence it is work.
std::span<const float> weights_of(const Frame& frame, HeadId id, Index query) {
    struct Memory {
        std::weak_ptr<const LayerTrace> layer;
        Index head = -1, query = -1;
        Tensor row;
    };
    Memory& memory = frame.cache->of<Memory>();
    const auto& layer = frame.trace->layers[static_cast<size_t>(id.layer)];
    const bool same = same_owner(memory.layer, std::weak_ptr(layer)) && memory.head == id.head &&
                      memory.query == query;
    if (!same)
        memory = {layer, id.head, query,
                  head_map(*layer, id.head, Quantity::weights,
                           {query, query + 1, 0, layer->projections->keys})};
    return memory.row.values();
}

constexpr float tile_rounding = 4;  // design pixels

/// Small weights must still differ: the eye, like the root, is steeper near nothing.
ImU32 tile_colour(const Frame& frame, float weight) {
    const float light = std::sqrt(std::clamp(weight, 0.0f, 1.0f));
    const ColourScale scale{.map = frame.view.colour_map};
    const float share = frame.theme.is_dark ? 0.25f + 0.6f * light : 0.22f + 0.55f * light;
    return blended(faded(colour_of(scale, light), share), frame.theme.panel);
}

/// One sentence in the strip, and what its tokens are in the maps in view.
struct Strip {
    StripRow row;
    const Reading& reading;
    const TokenTiles& tiles;
    const std::vector<Token>& tokens;
    const std::vector<std::string>& labels;
    bool asks = false, answers = false;   ///< queries, keys; neither in another part's sentence
    ImVec2 corner{};                      ///< of the first tile, on the screen
    std::span<const float> weights = {};  ///< [keys] of the query in view, where these are the keys
    std::string_view weighs = "weight";   ///< what `weights` are
    std::span<const TokenRange> found = {};  ///< where the words that are looked for stand
    Index query = 0;                         ///< the query in view
    /// [tokens] of the sentence that is held against the first: it has no such token there.
    std::span<const bool> differs = {};

    Sentence sentence() const {
        return row == StripRow::target ? Sentence::target : Sentence::source;
    }
};

Strip strip_of(const Frame& frame, StripRow row, float room) {
    const Reading& reading = *reading_of(frame, row);
    const bool target = row == StripRow::target;
    const Part part = frame.part;
    Strip strip{.row = row,
                .reading = reading,
                .tiles = token_tiles(frame, row, room),
                .tokens = target ? reading.target_tokens : reading.tokens,
                .labels = target ? reading.target_labels : reading.labels};
    if (row == StripRow::other) {
        strip.differs = differing_tokens(frame);
        return strip;
    }
    strip.asks = Reading::of_target(part) == target;
    strip.answers = (part == Part::decoder) == target;
    return strip;
}

/// A tile without what is written on it.
Box box_of(const Frame& frame, const Strip& strip, Index token) {
    const auto i = static_cast<size_t>(token);
    const TokenTiles::Tile& tile = strip.tiles.tiles[i];
    const ImVec2 min{strip.corner.x + tile.left,
                     strip.corner.y + strip.tiles.row_top(tile.row, frame.scale)};
    return {min,
            {min.x + tile.width, min.y + frame.px(TokenTiles::height)},
            i < strip.weights.size() ? tile_colour(frame, strip.weights[i]) : frame.theme.raised};
}

void draw_on_tile(Frame& frame, const Strip& strip, const Hidden& hidden, Index token) {
    const auto i = static_cast<size_t>(token);
    const auto [min, max, ground] = box_of(frame, strip, token);
    const float rounding = frame.px(tile_rounding);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const bool no_key = strip.answers && Hidden::holds(hidden.keys, token);
    const bool no_query = strip.asks && Hidden::holds(hidden.queries, token);
    const bool is_hidden = no_key || no_query;
    const bool idle = !strip.asks && !strip.answers;
    const bool differs = i < strip.differs.size() && strip.differs[i];
    ImFont* face = frame.fonts.text;
    const float left = min.x + frame.px(TokenTiles::padding);
    const float room = max.x - min.x - 2 * frame.px(TokenTiles::padding);
    const ImU32 ink = is_hidden ? frame.theme.amber
                      : differs ? frame.theme.text
                      : idle    ? frame.theme.muted
                                : readable_on(ground);
    const std::string_view label = bare_label(strip.labels[i]);
    token_text(list, face, {left, widgets::text_top(face, min.y, frame.px(TokenTiles::height))},
               room + 1, ink, label);
    const float thin = std::max(1.0f, std::floor(frame.px(1)));
    if (no_key) {
        const float middle = std::round((min.y + max.y) / 2 + frame.px(1));
        list->AddRectFilled({left - thin, middle}, {left + room + thin, middle + thin},
                            frame.theme.amber);
    }
    // A query that looks at nothing is underlined: the line of the row that is gone.
    if (no_query)
        list->AddRectFilled({left - thin, max.y - frame.px(4)},
                            {left + room + thin, max.y - frame.px(4) + thin}, frame.theme.amber);
    if (is_found(strip.found, token)) {
        const bool gone_to = is_sought(frame.view, strip.sentence(), token);
        const float thick = std::max(2.0f, std::floor(frame.px(gone_to ? 3 : 2)));
        list->AddRectFilled({min.x, max.y - thick}, max, frame.theme.blue, rounding,
                            ImDrawFlags_RoundCornersBottom);
    }
    if (differs) list->AddRect(min, max, frame.theme.muted, rounding, 0, thin);
    const bool is_query = strip.asks && token == strip.query;
    const bool is_key = strip.answers && frame.hovered.key == token;
    if (is_query || is_key)
        list->AddRect(min, max, is_query ? frame.theme.blue : faded(frame.theme.blue, 0.55f),
                      rounding, 0, frame.px(1.5f));
}

void toggle_hidden(Frame& frame, Index token, bool as_key) {
    const std::vector<BlockEdit> blocks = hiding(frame, token, as_key);
    if (!blocks.empty()) {
        frame.issue(RemoveBlocks{blocks});
    } else {
        BlockEdit block{paint_scope(frame), std::nullopt, std::nullopt};
        (as_key ? block.key : block.query) = token;
        frame.issue(AddBlocks{{block}});
    }
    frame.end_gesture();
}

void draw_token_menu(Frame& frame, const Strip& strip, Index token) {
    if (!widgets::begin_menu(frame, "token", 250)) return;
    if (token >= 0 && token < static_cast<Index>(strip.labels.size())) {
        const std::string name = quoted_token(strip.labels, token);
        const std::string where = scope_name(paint_scope(frame));
        const bool key = !hiding(frame, token, true).empty();
        const bool query = !hiding(frame, token, false).empty();
        if (strip.answers && widgets::menu_item(frame, (key ? "Show key " : "Hide key ") + name,
                                                key ? "X" : where + " · X"))
            toggle_hidden(frame, token, true);
        if (strip.asks && widgets::menu_item(frame, (query ? "Show query " : "Hide query ") + name,
                                             query ? std::string() : where))
            toggle_hidden(frame, token, false);
    }
    widgets::end_menu();
}

std::string tip_of(const Frame& frame, const Strip& strip, Index token) {
    const auto i = static_cast<size_t>(token);
    const Token& read = strip.tokens[i];
    const bool target = strip.row == StripRow::target, other = strip.row == StripRow::other;
    std::string tip = fmt::format("{}\n{} {} · id {}", quoted_token(strip.labels, token),
                                  target  ? "target token"
                                  : other ? "token of B"
                                          : "token",
                                  token, read.id);
    if (!strip.reading.original->of(Part::encoder).token_types.empty() && !target)
        tip += fmt::format(" · type {}", read.type);
    if (i < strip.weights.size())
        tip += fmt::format(" · {} {}", strip.weighs, shown_number(strip.weights[i], 3));
    // What an unknown token stands for is known only here.
    const std::string& typed = target ? strip.reading.target_text : strip.reading.typed(read);
    const bool written = target && strip.reading.target_written;
    if (!read.special && !written && read.begin < read.end && read.end <= typed.size())
        tip += fmt::format("\ntyped “{}”", typed.substr(read.begin, read.end - read.begin));
    if (strip.asks) return tip + "\nClick or Shift+arrows: its row · right-click: hide it (X)";
    if (strip.answers) return tip + "\nIts column is lit · right-click: hide it (X)";
    if (other)
        return tip +
               fmt::format("\n{}\nCtrl+Shift+K: swap A and B",
                           strip.differs[i] ? "A has another one here, or none" : "A has it, too");
    return tip + fmt::format("\nNot in the {}'s own maps",
                             frame.part == Part::encoder ? "encoder" : "decoder");
}

/// Keeps the chosen token in the part of the strip that is seen, when it is another one than in the
/// last frame.
void follow_choice(const Frame& frame, const TokenTiles& tiles) {
    constexpr ImGuiID last_choice = 0x746f6b65;
    ImGuiStorage* storage = ImGui::GetStateStorage();
    const int chosen = static_cast<int>(frame.view.selected_query.value_or(-1));
    if (storage->GetInt(last_choice, -1) == chosen) return;
    storage->SetInt(last_choice, chosen);
    if (chosen < 0 || chosen >= static_cast<int>(tiles.tiles.size())) return;
    const float top = tiles.row_top(tiles.tiles[static_cast<size_t>(chosen)].row, frame.scale);
    const float bottom = top + frame.px(TokenTiles::height), seen = ImGui::GetWindowHeight();
    if (top < ImGui::GetScrollY()) ImGui::SetScrollY(top);
    if (bottom > ImGui::GetScrollY() + seen) ImGui::SetScrollY(bottom - seen);
}

/// Puts what was just gone to into the middle of the strip.
void follow_sought(const Frame& frame, const Strip& strip) {
    if (strip.row == StripRow::other) return;
    if (!shall_follow(frame, "sought") || frame.view.sought.tokens->sentence != strip.sentence())
        return;
    const auto token = static_cast<size_t>(frame.view.sought.tokens->first);
    if (token >= strip.tiles.tiles.size()) return;
    const float top = strip.tiles.row_top(strip.tiles.tiles[token].row, frame.scale);
    const float spare = ImGui::GetWindowHeight() - frame.px(TokenTiles::height);
    ImGui::SetScrollY(std::max(0.0f, std::floor(top - spare / 2)));
}

/// Where in a strip that scrolls the words that were found stand: marks on its scroll bar.
void draw_scroll_marks(const Frame& frame, const Strip& strip) {
    if (strip.found.empty() || ImGui::GetScrollMaxY() <= 0) return;
    const ImVec2 corner = ImGui::GetWindowPos();
    const float height = ImGui::GetWindowHeight(), width = ImGui::GetStyle().ScrollbarSize;
    const float right = corner.x + ImGui::GetWindowWidth();
    const float share = height / strip.tiles.total_height(frame.scale);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->PushClipRect(corner, {right, corner.y + height});
    const float thick = std::max(2.0f, std::floor(frame.px(2)));
    float drawn_to = -1;
    for (auto at = strip.found.begin(); at != strip.found.end();) {
        const Index row = strip.tiles.tiles[static_cast<size_t>(at->first)].row;
        const float y = std::floor(corner.y + share * strip.tiles.row_top(row, frame.scale));
        if (y >= drawn_to) {
            list->AddRectFilled({right - width, y}, {right, y + thick}, frame.theme.blue);
            drawn_to = y + thick;
        }
        // On to the first one of another row.
        const Index next = strip.tiles.row_starts[static_cast<size_t>(row + 1)];
        at = std::partition_point(at, strip.found.end(),
                                  [&](const TokenRange& range) { return range.first < next; });
    }
    list->PopClipRect();
}

/// Draws one sentence in a region of its own and takes the mouse over it.
void draw_sentence(Frame& frame, Strip& strip, const Hidden& hidden, float room) {
    strip.corner = ImGui::GetCursorScreenPos();
    if (strip.asks) follow_choice(frame, strip.tiles);
    follow_sought(frame, strip);
    const widgets::Hit area =
        widgets::hit(frame, "tiles", {room, strip.tiles.total_height(frame.scale)}, {});
    const bool menu_asked = area.hovered && ImGui::IsMouseClicked(ImGuiMouseButton_Right);

    ImDrawList* list = ImGui::GetWindowDrawList();
    const auto [first, last] =
        strip.tiles.rows_between(list->GetClipRectMin().y - strip.corner.y,
                                 list->GetClipRectMax().y - strip.corner.y, frame.scale);
    std::vector<Box> boxes;
    for (Index token = first; token < last; ++token)
        boxes.push_back(box_of(frame, strip, token));
    frame.textures.draw_boxes(list, boxes, frame.px(tile_rounding));
    for (Index token = first; token < last; ++token)
        draw_on_tile(frame, strip, hidden, token);
    draw_scroll_marks(frame, strip);

    constexpr ImGuiID menu_token = 0x6d746f6b;
    ImGuiStorage* storage = ImGui::GetStateStorage();
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const auto under =
        strip.tiles.token_at(mouse.x - strip.corner.x, mouse.y - strip.corner.y, frame.scale);
    if (area.hovered && under) {
        widgets::tooltip(frame, tip_of(frame, strip, *under));
        if (strip.asks) {
            frame.view.hover.query = *under;
            if (area.clicked) frame.view.selected_query = *under;
        } else if (strip.answers) {
            frame.view.hover.key = *under;
        }
        if (menu_asked && (strip.asks || strip.answers)) {
            storage->SetInt(menu_token, static_cast<int>(*under));
            widgets::open_menu("token");
        }
    }
    draw_token_menu(frame, strip, storage->GetInt(menu_token, -1));
}

void draw_row_name(const Frame& frame, const StripLayout& layout, StripRow row, ImVec2 corner) {
    ImFont* face = frame.fonts.small;
    const bool letters = layout.parts[1].row == StripRow::other;
    widgets::text(ImGui::GetWindowDrawList(), face,
                  {corner.x, widgets::text_top(face, corner.y, frame.px(TokenTiles::height))},
                  frame.theme.faint,
                  row == StripRow::other    ? "B"
                  : letters                 ? "A"
                  : row == StripRow::source ? "source"
                                            : "target");
}

/// What lights up the tiles of the keys, and what it is called.
struct Brightness {
    std::span<const float> weights;  // [keys]
    std::string_view what;
};

/// The sentences below one another, each in a region of its own: the heading stays while long ones
/// scroll, and neither pushes the other out of sight.
void draw_strip(Frame& frame, Index query, const Brightness& brightness) {
    const ImVec2 corner = ImGui::GetCursorScreenPos(), all = ImGui::GetContentRegionAvail();
    const StripLayout layout = strip_layout(frame, all.x - frame.px(TokenTiles::margin));
    const float room = all.x - frame.px(TokenTiles::margin) - layout.left;
    const Hidden hidden = hidden_tokens(frame);
    const float between = frame.px(StripLayout::between);
    const std::vector<float> heights = layout.heights(all.y, between);
    float next = corner.y;
    for (size_t i = 0; i < layout.parts.size(); ++i) {
        const StripRow row = layout.parts[i].row;
        const float top = std::floor(next);
        next = top + heights[i] + between;
        if (layout.parts.size() > 1) draw_row_name(frame, layout, row, {corner.x, top});
        if (!reading_of(frame, row)) continue;
        Strip strip = strip_of(frame, row, room);
        strip.query = query;
        strip.weighs = brightness.what;
        if (strip.answers) strip.weights = brightness.weights;
        if (row != StripRow::other) strip.found = occurrences(frame).of(strip.sentence());
        ImGui::SetCursorScreenPos({corner.x + layout.left, top});
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
        if (ImGui::BeginChild(row == StripRow::source   ? "tiles"
                              : row == StripRow::target ? "target"
                                                        : "other",
                              {all.x - layout.left, std::max(1.0f, heights[i])}))
            draw_sentence(frame, strip, hidden, room);
        ImGui::EndChild();
        ImGui::PopStyleVar();
    }
}

void draw_tokens(Frame& frame) {
    const std::optional<Index> query = query_in_view(frame);
    if (!frame.trace || !query || frame.layers() == 0) {
        widgets::heading(frame, "Tokens");
        return;
    }
    if (const RowSureness sure = sureness_of_row(frame); !sure.values.empty()) {
        draw_tokens_heading(frame, "brightness: how sure the guess at each token is after " +
                                       wording::state(sure.state));
        return draw_strip(frame, *query, {sure.values, "the likeliest guess"});
    }
    const HeadId id = chosen_head(frame);
    const std::string part = frame.edit_part() ? std::string(part_name(frame.part)) + " " : "";
    draw_tokens_heading(
        frame, fmt::format("brightness: what {} looks at, {}{}",
                           quoted_token(frame.query_labels(), *query), part, head_name(id)));
    draw_strip(frame, *query, {weights_of(frame, id, *query), "weight"});
}

}  // namespace

Panel tokens_panel() {
    return {"tokens", "", Place::bottom, draw_tokens};
}

}  // namespace fovea::app
