#pragma once

#include <imgui.h>

#include <optional>

#include "app/state/view_state.h"

namespace fovea::app {

/// Where the heads of a model stand in a picture with one cell a head: layers downward and heads
/// rightward, in one block or in several side by side; or turned, layers rightward. Pixels, from
/// the upper left corner of the whole.
struct HeadLayout {
    Index layers = 1, heads = 1;
    Index blocks = 1;                   ///< of layers side by side; 1 where turned
    bool turned = false;                ///< heads downward, layers rightward
    ImVec2 pitch{1, 1};                 ///< from cell to cell
    float gap = 1;                      ///< between cells
    float label_width = 0, header = 0;  ///< of the indices: at the left of each block, and above
    float between = 0;                  ///< blocks

    Index rows() const { return turned ? heads : (layers + blocks - 1) / blocks; }
    Index columns() const { return turned ? layers : heads; }  ///< of one block
    float block_pitch() const {
        return label_width + pitch.x * static_cast<float>(columns()) + between;
    }
    float width() const { return block_pitch() * static_cast<float>(blocks) - between; }
    float height() const { return header + pitch.y * static_cast<float>(rows()); }
    /// A cell, without the gap at its right and below.
    ImVec2 corner(HeadId head) const;
    ImVec2 cell() const { return {pitch.x - gap, pitch.y - gap}; }
    /// The head at a point of the picture; a gap belongs to the cell before it.
    std::optional<HeadId> at(ImVec2 point) const;
    /// The layer whose index is at a point.
    std::optional<Index> layer_index_at(ImVec2 point) const;
};

/// What there is for a layout, in pixels.
struct HeadRoom {
    float width = 0, height = 0;
    float label_width = 0, header = 0, between = 0;
    float smallest = 3, largest = 40;  ///< sides of a cell with its gap
    float flattest = 1;                ///< a cell's height may be this share of its width
};

/// The layout in as many blocks as make the cells largest. Cells are as high as wide, or lower
/// where `flattest` lets them; they are never below `smallest`, so that the layout of very many
/// heads may be higher than the room.
HeadLayout largest_cells(Index layers, Index heads, const HeadRoom& room);
/// The same with so many blocks.
HeadLayout in_blocks(Index layers, Index heads, Index blocks, const HeadRoom& room);
/// So many heads in rows from left to right, without indices, in the columns that make the cells
/// largest; head i stands at {i / columns(), i % columns()}.
HeadLayout in_rows(Index count, const HeadRoom& room);

/// Of cells with such a pitch: a share of it, whole pixels.
float head_gap(float pitch, float scale);

}  // namespace fovea::app
