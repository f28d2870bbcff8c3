#pragma once

#include "engine/core/result.h"
#include "engine/gpu/scorer.h"

namespace fovea::gpu {

/// The same twelve heads of 128 tokens and 32 components, scored by both sides: the best of a few
/// runs, in milliseconds.
struct ScoringSpeed {
    double cpu_ms = 0;  ///< score_heads without outputs, on the task pool
    double gpu_ms = 0;  ///< weights in their texture, the upload of Q and K not counted
    bool gpu_is_faster() const { return gpu_ms < cpu_ms; }
};

/// Decides at start-up who scores: some tens of milliseconds, besides what the driver takes to
/// compile the shader the first time (drivers keep the result on disk). With the scorer's context
/// current.
Result<ScoringSpeed> measure_scoring(Scorer& scorer);

}  // namespace fovea::gpu
