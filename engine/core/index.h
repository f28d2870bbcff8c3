#pragma once

#include <cstdint>

namespace fovea {

/// Counts and positions: of tokens, heads, layers, rows, floats.
using Index = std::int64_t;

}  // namespace fovea
