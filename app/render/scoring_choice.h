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

}  // namespace fovea::app
