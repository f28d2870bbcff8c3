#pragma once

#include <span>

#include "engine/trace/trace.h"

namespace fovea {

/// How much of one query's attention went elsewhere, 0 to 1: the total variation distance of the
/// two rows, ½ Σ |after − before|, which for rows that sum to one is what was taken from some keys
/// and given to others (Levin & Peres 2017, proposition 4.2). Of a row that has lost all its weight
/// it is what it has lost: the larger of what was given and what was taken. Rows equally long.
float row_change(std::span<const float> before, std::span<const float> after);

/// The same of one query of a head in two passes over the same tokens.
float row_change(const LayerTrace& before, const LayerTrace& after, Index head, Index query);

}  // namespace fovea
