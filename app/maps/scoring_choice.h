#pragma once

#include <memory>
#include <string>

#include "engine/gpu/scorer.h"

namespace fovea::app {

/// Who makes the large map: the scorer where it is there and the faster, else null.
struct ScoringChoice {
    std::unique_ptr<gpu::Scorer> scorer;
    std::string label;  ///< "GPU llvmpipe", "CPU (OpenGL 4.3 is missing)"
};

/// Scores a made-up sentence both ways and keeps the faster (some tens of milliseconds, with the
/// OpenGL context current).
ScoringChoice choose_scoring();

/// The CPU from now on, for this reason ("the GPU was reset"): what took the context away once
/// would do so again. Before choose_scoring(); UI thread.
void give_up_gpu_scoring(std::string why);

}  // namespace fovea::app
