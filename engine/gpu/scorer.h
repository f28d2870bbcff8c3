#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/edit/attention_mask.h"
#include "engine/trace/trace.h"

namespace fovea::gpu {

/// Where one head's result goes: an R32F texture of at least [queries x keys] (rows are queries),
/// or a layer of a texture array.
struct Target {
    unsigned texture = 0;  ///< OpenGL name, internal format GL_R32F
    int layer = -1;        ///< of a 2D array texture; -1: the texture is not an array
};

/// One head to score. Pointers are read during the call only.
struct HeadJob {
    const LayerTrace* layer = nullptr;
    Index head = 0;
    HeadEdits edits;  ///< temperature and mask to use (need not be those of the trace)
    Target target;
};

/// Row results read back (tests, metrics); the way to the screen never calls for them.
struct RowResults {
    std::vector<float> log_sum_exp;  // [queries]
    std::vector<float> entropy;      // [queries] nats; NaN where nothing is visible
};

/// Attention by compute shader (OpenGL 4.3): tiles of Q and K through shared memory, a running
/// softmax (Milakov & Gimelshein 2018), then the weights straight into a texture. Every call is on
/// the thread where the OpenGL context is current. Q and K stay on the GPU while the same
/// Projections object is scored again (a slider dragged costs no upload).
class Scorer {
  public:
    /// An error where the current context has no OpenGL 4.3 or a shader does not compile.
    static Result<std::unique_ptr<Scorer>> create();
    ~Scorer();
    Scorer(const Scorer&) = delete;

    /// Queues the work; textures are ready for sampling in later draw calls of this context.
    Status score(std::span<const HeadJob> jobs);

    /// Scores one head and reads back rows and, where `weights` is not null, the weights
    /// [queries, keys] (tests and exports).
    Result<RowResults> score_and_read(const HeadJob& job, std::vector<float>* weights);

    /// What the driver calls itself: "llvmpipe (LLVM 15.0.6, 256 bits)".
    const std::string& device_name() const;

  private:
    Scorer();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea::gpu
