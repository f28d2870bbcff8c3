#include "app/panels/token_tiles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numeric>

#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"
#include "engine/session/aligned_tokens.h"

namespace fovea::app {

TokenTiles::Range TokenTiles::rows_between(float top, float bottom, float scale) const {
    if (tiles.empty()) return {0, 0};
    const float pitch = (height + row_gap) * scale;
    const auto row_at = [&](float y) {
        return std::clamp(static_cast<Index>(std::floor(y / pitch)), Index{0}, rows());
    };
    const Index first = row_at(top), last = std::min(row_at(bottom) + 1, rows());
    return {
        row_starts[static_cast<size_t>(first)],
        std::max(row_starts[static_cast<size_t>(first)], row_starts[static_cast<size_t>(last)])};
}

std::optional<Index> TokenTiles::token_at(float x, float y, float scale) const {
    const float pitch = (height + row_gap) * scale;
    if (tiles.empty() || y < 0 || y >= total_height(scale)) return std::nullopt;
    const auto row = static_cast<size_t>(std::min(static_cast<Index>(y / pitch), rows() - 1));
    const auto begin = tiles.begin() + row_starts[row], end = tiles.begin() + row_starts[row + 1];
    // The last tile that begins at or before x.
    const auto after =
        std::upper_bound(begin, end, x, [](float at, const Tile& tile) { return at < tile.left; });
    if (after == begin || x >= (after - 1)->left + (after - 1)->width + gap * scale)
        return std::nullopt;
    return after - 1 - tiles.begin();
}

const std::shared_ptr<const Reading>& reading_of(const Frame& frame, StripRow row) {
    return row == StripRow::other ? frame.against : frame.reading;
}

const TokenTiles& token_tiles(const Frame& frame, StripRow which, float room) {
    struct Memory {
        std::weak_ptr<const Reading> reading;
        float room = -1, scale = 0;
        const ImFont* face = nullptr;
        TokenTiles tiles;
    };
    auto& memories = frame.cache->of<std::array<Memory, 3>>();
    const bool is_target = which == StripRow::target;
    Memory& memory = memories[static_cast<size_t>(which)];
    const auto& reading = reading_of(frame, which);
    const bool same = !memory.reading.owner_before(reading) &&
                      !reading.owner_before(memory.reading) && memory.room == room &&
                      memory.scale == frame.scale && memory.face == frame.fonts.text;
    if (same) return memory.tiles;

    memory = {reading, room, frame.scale, frame.fonts.text, {}};
    TokenTiles& tiles = memory.tiles;
    tiles.row_starts.push_back(0);
    static const std::vector<std::string> none;
    const auto& labels = !reading ? none : is_target ? reading->target_labels : reading->labels;
    const auto count = static_cast<Index>(labels.size());
    float x = 0;
    Index row = 0;
    for (Index i = 0; i < count; ++i) {
        const std::string_view label = bare_label(labels[static_cast<size_t>(i)]);
        const float words = std::ceil(widgets::text_size(frame.fonts.text, label).x);
        const float width = std::min(words + 2 * frame.px(TokenTiles::padding), room);
        if (x > 0 && x + width > room) {
            x = 0;
            ++row;
            tiles.row_starts.push_back(i);
        }
        tiles.tiles.push_back({x, width, row});
        x = std::floor(x + width + frame.px(TokenTiles::gap));
    }
    tiles.row_starts.push_back(count);
    return tiles;
}

std::span<const bool> differing_tokens(const Frame& frame) {
    struct Memory {
        std::weak_ptr<const Reading> a, b;
        std::unique_ptr<bool[]> differs;
    };
    Memory& memory = frame.cache->of<Memory>();
    const auto &a = frame.reading->tokens, &b = frame.against->tokens;
    if (memory.a.lock() != frame.reading || memory.b.lock() != frame.against) {
        memory = {frame.reading, frame.against, std::make_unique<bool[]>(b.size())};
        const TokenAlignment of_a = turned_round(equal_tokens(a, b), std::ssize(b));
        std::transform(of_a.begin(), of_a.end(), memory.differs.get(),
                       [](const auto& token) { return !token; });
    }
    return {memory.differs.get(), b.size()};
}

float StripLayout::height(float gap) const {
    float sum = -gap;
    for (const Part& part : parts)
        sum += part.height + gap;
    return sum;
}

std::vector<float> StripLayout::heights(float room, float gap) const {
    std::vector<size_t> shortest_first(parts.size());
    std::iota(shortest_first.begin(), shortest_first.end(), size_t{0});
    std::ranges::stable_sort(shortest_first, {}, [&](size_t i) { return parts[i].height; });
    std::vector<float> heights(parts.size());
    const float all = room - gap * static_cast<float>(parts.size() - 1);
    float left_over = all;
    size_t waiting = parts.size();
    for (const size_t i : shortest_first) {
        heights[i] = std::floor(
            std::min(parts[i].height, std::max(0.0f, left_over / static_cast<float>(waiting))));
        left_over -= heights[i];
        --waiting;
    }
    heights.back() += std::max(0.0f, left_over);
    return heights;
}

StripLayout strip_layout(const Frame& frame, float room) {
    StripLayout layout;
    const bool target = frame.part != Part::self;
    if (target) layout.parts.push_back({StripRow::target});
    if (frame.document.against) layout.parts.push_back({StripRow::other});
    const float names = target ? StripLayout::name_room : StripLayout::letter_room;
    layout.left = layout.parts.size() > 1 ? std::floor(frame.px(names)) : 0;
    for (StripLayout::Part& part : layout.parts) {
        const float all =
            token_tiles(frame, part.row, room - layout.left).total_height(frame.scale);
        // While it is read, its place is kept.
        part.height = std::max(all, frame.px(TokenTiles::height));
    }
    return layout;
}

}  // namespace fovea::app
