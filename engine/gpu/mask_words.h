#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/edit/attention_mask.h"
#include "engine/gpu/score_layout.h"

namespace fovea::gpu {

/// Appends what is painted in a mask to `words`, one bit a key, query or cell, and points the job
/// there. Cells take the room of the rectangle around them, no more. `job` has queries and keys
/// set. An error where the mask does not fit the map.
Status append_mask(const AttentionMask& mask, ScoreJob& job, std::vector<std::uint32_t>& words);

}  // namespace fovea::gpu
