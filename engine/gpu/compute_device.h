#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "engine/core/result.h"
#include "engine/gpu/compute_program.h"
#include "engine/gpu/projection_cache.h"
#include "engine/gpu/score_layout.h"
#include "engine/gpu/slice_clock.h"
#include "engine/gpu/slice_pace.h"

namespace fovea::gpu {

/// What the driver calls itself, without its version: "llvmpipe", "AMD Radeon RX 6600".
std::string device_name();
/// Whether that is a program on the CPU, which the CPU's own path beats by far.
bool is_software(const std::string& name);

enum class AttentionShader { score, pool };

/// What all attention work on one OpenGL context shares: uploaded layers, compiled programs, and
/// how fast the device has been so far. On the thread where the context is current.
class ComputeDevice {
  public:
    /// An error where the current context has no OpenGL 4.3.
    static Result<std::shared_ptr<ComputeDevice>> create();

    /// With its version: "llvmpipe (LLVM 15.0.6, 256 bits)".
    const std::string& name() const { return name_; }

    ScoreTile tile_for(const Projections& projections) const {
        if (forced_tile) return *forced_tile;
        return score_tile_for(projections.head_dim, projections.queries, shared_limit_);
    }
    int shared_limit() const { return shared_limit_; }

    /// Compiled when first asked for. `layered`: the target is a texture array.
    Result<unsigned> program(AttentionShader shader, const ScoreTile& tile, bool layered);

    /// For tests: scores with this tile, whatever the layer and the limit.
    std::optional<ScoreTile> forced_tile;

    ProjectionCache projections;
    SlicePace pace;
    SliceClock clock;

  private:
    ComputeDevice();

    std::string name_;
    int shared_limit_ = 0;  ///< bytes of shared memory of a work group
    std::map<std::tuple<AttentionShader, ScoreTile, bool>, ComputeProgram> programs_;
};

}  // namespace fovea::gpu
