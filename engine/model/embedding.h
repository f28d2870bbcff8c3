#pragma once

#include <cstdint>
#include <span>

#include "engine/core/tensor.h"
#include "engine/model/model.h"

namespace fovea {

/// What a stack's first layer reads: tokens, positions and types, [n, width]. `types` [n] says of
/// which sentence each token is where the model tells sentences apart; empty: all of the first.
Tensor embed(const Stack& stack, std::span<const std::int32_t> ids,
             std::span<const std::int32_t> types);

/// What `embed` adds up for some of the tokens, [rows, width where it is added] each; empty where
/// the model has no such table. The token's own is scaled; the norm behind the sum is not applied,
/// nor is the projection to the width, before which positions come or not as the architecture says.
struct EmbeddingParts {
    Tensor token, position, type;
};
EmbeddingParts embedding_parts(const Stack& stack, std::span<const std::int32_t> ids,
                               std::span<const std::int32_t> types, std::span<const Index> rows);

}  // namespace fovea
