#pragma once

#include <optional>
#include <span>
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

/// The sentences of the strip: what is read, an encoder-decoder's target, and the sentence that is
/// held against the first.
enum class StripRow { source, target, other };

/// The reading that a sentence of the strip is of, or null.
const std::shared_ptr<const Reading>& reading_of(const Frame& frame, StripRow row);

/// The tiles of a sentence for this width in pixels. Remembered until the reading, the width or the
/// face changes. UI thread only.
const TokenTiles& token_tiles(const Frame& frame, StripRow row, float room);

/// [tokens] of the sentence that is held against the first: the first has no such token in its
/// place. Made once for two readings; there must be both.
std::span<const bool> differing_tokens(const Frame& frame);

/// How the strip arranges them: the source alone, or with others below it, each behind its name: an
/// encoder-decoder's target, and the sentence that is held against the first.
struct StripLayout {
    static constexpr float name_room = 52, letter_room = 18, between = 8;  // design pixels
    struct Part {
        StripRow row = StripRow::source;
        float height = 0;  ///< of all rows of its tiles, pixels
    };
    std::vector<Part> parts = {{}};  ///< the source first
    float left = 0;                  ///< of the tiles, pixels

    float height(float gap) const;
    /// What each gets of this room: the longer ones give way, to an even share of it at most; the
    /// last one has what is left over.
    std::vector<float> heights(float room, float gap) const;
};
/// For this width in pixels, names included.
StripLayout strip_layout(const Frame& frame, float room);

}  // namespace fovea::app
