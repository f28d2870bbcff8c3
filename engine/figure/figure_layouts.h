#pragma once

#include "engine/figure/figure_parts.h"

namespace fovea {

/// What a layout is given: the pictures, layer by layer, `columns` to a row.
struct FigureContent {
    const ShownHeads& job;
    const std::vector<HeadPicture>& pictures;
    Index columns;
    std::vector<std::string> query_labels;  // [queries]
    std::vector<std::string> key_labels;    // [keys]
    bool two_sentences;                     ///< queries and keys are not the same tokens
};

/// One head, or a few, each with its tokens on both axes.
void lay_out_labelled_heads(Figure& figure, const FigureContent& content);
/// Many heads as small maps with their numbers around and the tokens listed below.
void lay_out_head_grid(Figure& figure, const FigureContent& content);

/// Which of the two: labels where there is room for them.
bool labels_fit(Index rows, Index columns, Index tokens);

/// How many cells of a map are drawn at most each way in either layout.
inline constexpr Index labelled_extent = 1200;
inline constexpr Index grid_extent = 160;

}  // namespace fovea
