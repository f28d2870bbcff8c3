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

}  // namespace fovea
