#pragma once

#include <cstdint>
#include <span>

#include "engine/core/tensor.h"
#include "engine/model/model.h"

namespace fovea {

/// What a stack's first layer reads: tokens, positions and types, [n, width].
Tensor embed(const Stack& stack, std::span<const std::int32_t> ids);

}  // namespace fovea
