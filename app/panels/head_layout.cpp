#include "app/panels/head_layout.h"

#include <algorithm>
#include <cmath>

namespace fovea::app {
namespace {

constexpr Index most_grid_blocks = 8;

Index rounded_up(Index count, Index by) {
    return (count + by - 1) / by;
}

}  // namespace

ImVec2 HeadLayout::corner(HeadId head) const {
    const Index block = turned ? 0 : head.layer / rows();
    const Index row = turned ? head.head : head.layer % rows();
    const Index column = turned ? head.layer : head.head;
    return {std::floor(block_pitch() * static_cast<float>(block) + label_width +
                       pitch.x * static_cast<float>(column)),
            std::floor(header + pitch.y * static_cast<float>(row))};
}

std::optional<HeadId> HeadLayout::at(ImVec2 point) const {
    const float y = (point.y - header) / pitch.y;
    if (point.x < 0 || y < 0 || y >= static_cast<float>(rows())) return std::nullopt;
    const auto block = static_cast<Index>(point.x / block_pitch());
    const float x = (point.x - block_pitch() * static_cast<float>(block) - label_width) / pitch.x;
    if (block >= blocks || x < 0 || x >= static_cast<float>(columns())) return std::nullopt;
    const auto row = static_cast<Index>(y), column = static_cast<Index>(x);
    const HeadId head = turned ? HeadId{column, row} : HeadId{block * rows() + row, column};
    return head.layer < layers ? std::optional(head) : std::nullopt;
}

std::optional<Index> HeadLayout::layer_index_at(ImVec2 point) const {
    if (turned) return std::nullopt;
    const auto block = static_cast<Index>(std::max(0.0f, point.x) / block_pitch());
    const float x = point.x - block_pitch() * static_cast<float>(block);
    const float y = (point.y - header) / pitch.y;
    if (x < 0 || x >= label_width || y < 0 || y >= static_cast<float>(rows())) return std::nullopt;
    const Index layer = block * rows() + static_cast<Index>(y);
    return block < blocks && layer < layers ? std::optional(layer) : std::nullopt;
}

float head_gap(float pitch, float scale) {
    const float line = std::max(1.0f, std::floor(scale));
    if (pitch < 20 * scale) return line;
    return std::min(std::floor(pitch * 0.13f), std::floor(6 * scale));
}

HeadLayout in_blocks(Index layers, Index heads, Index blocks, const HeadRoom& room) {
    HeadLayout layout;
    layout.layers = std::max<Index>(1, layers);
    layout.heads = std::max<Index>(1, heads);
    layout.blocks = std::clamp<Index>(blocks, 1, layout.layers);
    layout.label_width = room.label_width;
    layout.header = room.header;
    layout.between = room.between;
    const auto count = static_cast<float>(layout.blocks);
    const float across = room.width - count * room.label_width - (count - 1) * room.between;
    // Whole pixels, so that all gaps look equal.
    const auto side = [&](float length, Index cells) {
        return std::floor(
            std::clamp(length / static_cast<float>(cells), room.smallest, room.largest));
    };
    layout.pitch.x = side(across, layout.blocks * layout.heads);
    layout.pitch.y = std::min(side(room.height - room.header, layout.rows()), layout.pitch.x);
    const float widest = std::floor(layout.pitch.y / std::clamp(room.flattest, 0.01f, 1.0f));
    layout.pitch.x = std::min(layout.pitch.x, widest);
    return layout;
}

HeadLayout largest_cells(Index layers, Index heads, const HeadRoom& room) {
    HeadLayout best = in_blocks(layers, heads, 1, room);
    const auto fits = [&](const HeadLayout& layout) {
        return layout.width() <= room.width && layout.height() <= room.height;
    };
    for (Index blocks = 2; blocks <= std::min(most_grid_blocks, layers); ++blocks) {
        // Another block that leaves the rows as many only takes width.
        if (rounded_up(layers, blocks) == rounded_up(layers, blocks - 1)) continue;
        const HeadLayout layout = in_blocks(layers, heads, blocks, room);
        const bool larger = layout.pitch.x * layout.pitch.y > best.pitch.x * best.pitch.y;
        if (layout.width() > room.width) break;
        if (fits(best) ? fits(layout) && larger : layout.height() < best.height()) best = layout;
    }
    return best;
}

HeadLayout in_rows(Index count, const HeadRoom& room) {
    HeadLayout best;
    count = std::max<Index>(1, count);
    HeadRoom bare = room;
    bare.label_width = bare.between = 0;
    const auto most = std::max<Index>(1, static_cast<Index>(room.width / room.smallest));
    bool is_first = true;
    for (Index columns = 1; columns <= std::min(count, most); ++columns) {
        const HeadLayout layout = in_blocks(rounded_up(count, columns), columns, 1, bare);
        const bool larger = layout.pitch.x * layout.pitch.y > best.pitch.x * best.pitch.y;
        const bool fits = layout.height() <= room.height;
        if (is_first ||
            (best.height() > room.height ? layout.height() < best.height() : fits && larger))
            best = layout;
        is_first = false;
    }
    return best;
}

}  // namespace fovea::app
