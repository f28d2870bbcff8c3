#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/index.h"

namespace fovea {

/// The `count` most probable tokens at one position, best first; of equal ones the smaller id. NaN
/// counts as the least likely.
std::vector<std::int32_t> top_ids(std::span<const float> logits, Index count);

/// How one entry of the vocabulary stands among all, under the logits of one position.
struct Standing {
    float logit = 0;
    float log_probability = 0;  ///< natural: logit - ln Σ exp(logits)
    float probability = 0;
    Index rank = 0;  ///< from 1, in the order of top_ids
    bool operator==(const Standing&) const = default;
};

/// [ids], each id inside the vocabulary. Sums in double.
std::vector<Standing> standings_of(std::span<const float> logits,
                                   std::span<const std::int32_t> ids);

}  // namespace fovea
