#pragma once

#include "engine/core/tensor.h"

namespace fovea {

/// Where the parts of a head lie in the rows of tokens that a projection gave.
struct HeadRows {
    const float* data;
    Index row;   ///< floats from token to token
    Index head;  ///< floats from head to head
};

/// From rows of tokens to `heads` [heads, tokens, head_dim], which has its shape.
void split_heads(const HeadRows& rows, Tensor& heads);

/// From `heads` [heads, tokens, head_dim] to the rows of the tokens from `first` on, heads side by
/// side: [tokens - first, heads * head_dim].
Tensor join_heads(const Tensor& heads, Index first);

}  // namespace fovea
