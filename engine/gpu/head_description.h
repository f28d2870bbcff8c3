#pragma once

#include "engine/gpu/score_layout.h"
#include "engine/gpu/scorer.h"

namespace fovea::gpu {

/// One head as the shaders want it: everything but the offsets of masks and rows, and where the
/// result goes. An error where there is no such head or its map cannot be counted in 32 bits.
Result<ScoreJob> describe_head(const LayerTrace* layer, Index head, float temperature);

/// An error unless the texture is R32F and has that many texels.
Status check_target(const Target& target, Index rows, Index columns);

}  // namespace fovea::gpu
