#pragma once

#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/figure/shown_heads.h"

namespace fovea {

enum class CellState : std::uint8_t {
    value,
    hidden,      ///< by the mask
    painted,     ///< by an edit
    not_finite,  ///< NaN or infinity
};

/// What is drawn of one head: its map, or cells pooled to their largest value where the map has
/// more rows than fit.
struct HeadPicture {
    Index layer = 0;
    Index head = 0;
    Index queries = 0;
    Index keys = 0;
    Tensor values;                  // [rows, columns]
    std::vector<CellState> states;  // [rows, columns]
    bool silenced = false;          ///< its output was replaced

    Index rows() const { return values.extent(0); }
    Index columns() const { return values.extent(1); }
    bool pooled() const { return rows() < queries || columns() < keys; }
    CellState state(Index row, Index column) const {
        return states[static_cast<size_t>(row * columns() + column)];
    }
};

/// The heads, layer by layer, each at most `extent` cells wide and high.
Result<std::vector<HeadPicture>> head_pictures(const ShownHeads& job, Index extent,
                                               const Progress& progress, const CancelToken& cancel);

}  // namespace fovea
