#pragma once

#include <optional>
#include <vector>

#include "app/panels/panel.h"

namespace fovea::app {

/// Where the tiles of a sentence stand in the strip: rows from left to right, as wide as their
/// labels. Ten thousand tokens are laid out once, not in every frame.
struct TokenTiles {
    static constexpr float height = 23, gap = 3, row_gap = 4, padding = 5;  // design pixels
    static constexpr float margin = 8;  ///< right of the tiles, for a scroll bar

    struct Tile {
        float left = 0, width = 0;  ///< pixels
        Index row = 0;
    };
    std::vector<Tile> tiles;        // [tokens]
    std::vector<Index> row_starts;  // [rows + 1], first token of each row, then the count

    Index rows() const { return static_cast<Index>(row_starts.size()) - 1; }
    float row_top(Index row, float scale) const {
        return static_cast<float>(row) * (height + row_gap) * scale;
    }
    float total_height(float scale) const {
        return rows() == 0 ? 0 : row_top(rows(), scale) - row_gap * scale;
    }

    struct Range {
        Index first, last;
    };
    /// Tokens [first, last) of the rows that touch [top, bottom), in pixels from the first row.
    Range rows_between(float top, float bottom, float scale) const;
    /// The token under a point; nullopt between tiles.
    std::optional<Index> token_at(float x, float y, float scale) const;
};

/// The tiles of a sentence for this width in pixels. Remembered until the reading, the width or the
/// face changes. UI thread only.
const TokenTiles& token_tiles(const Frame& frame, Sentence sentence, float room);

/// How the strip arranges them: the source alone, or it and the target below it, each behind its
/// name.
struct StripLayout {
    static constexpr float name_room = 52, between = 8;  // design pixels
    bool both = false;
    float left = 0;                ///< of the tiles, pixels
    float source = 0, target = 0;  ///< heights of all rows, pixels

    float height(float gap) const { return both ? source + gap + target : source; }
    /// Where the target begins, in this room: the longer sentence gives way, up to a half of it.
    float source_height(float room, float gap) const;
};
/// For this width in pixels, names included.
StripLayout strip_layout(const Frame& frame, float room);

}  // namespace fovea::app
