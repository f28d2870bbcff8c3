#pragma once

#include "engine/edit/attention_mask.h"
#include "engine/trace/head_map.h"

namespace fovea::gpu {

/// Cells of a part of a map.
struct CellCount {
    double all = 0;
    double visible = 0;  ///< not in a key that the mask's rule hides from all of these queries
};

CellCount count_cells(const AttentionMask& mask, const MapRegion& region);

/// Multiply-adds that cells cost, a softmax's exponential counted as so many that take as long.
double logit_cost(double cells, Index head_dim);
double write_cost(double cells);

}  // namespace fovea::gpu
