#pragma once

#include "engine/trace/trace.h"

namespace fovea::gpu {

/// Queries and keys to measure scoring with. Any values that are no pattern will do: the work does
/// not depend on them. No values, no scores.
LayerTrace made_up_layer(Index heads, Index tokens, Index head_dim);

}  // namespace fovea::gpu
