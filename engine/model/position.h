#pragma once

#include "engine/arch/model_config.h"
#include "engine/model/weights.h"

namespace fovea {

/// Added to the logits of head h by distance: [heads, queries + keys - 1], the bias of (query, key)
/// at key - query + queries - 1.

/// Press et al. 2022: slope_h (key - query), slopes in a geometric row from 2^(-8 / heads) on.
Tensor alibi_bias(Index heads, Index queries, Index keys);

/// Raffel et al. 2020: learned by bucket of distance; half the buckets are exact, the rest grow
/// logarithmically. In both directions, or backwards only where the stack is causal.
Tensor relative_bias(const BoundTensor& table, const ModelConfig& config, bool causal,
                     Index queries, Index keys);

/// Shaw et al. 2018: of a table [2 positions - 1, head_dim], whose row query - key + positions - 1
/// is that distance's, the rows that `tokens` of them meet: [2 tokens - 1, head_dim], row
/// key - query + tokens - 1.
Tensor distance_rows(const BoundTensor& table, Index tokens);

/// Vaswani et al. 2017, sines in the first half and cosines in the second: [width].
void add_sinusoid(Index position, Index width, float* row);

}  // namespace fovea
