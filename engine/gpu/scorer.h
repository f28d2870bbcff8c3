#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/edit/attention_mask.h"
#include "engine/trace/trace.h"

namespace fovea::gpu {

/// What a hidden cell is written as where it must not look like a visible cell of weight zero.
inline constexpr float hidden_mark = -1;

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
    bool mark_hidden = true;  ///< hidden cells become `hidden_mark`, otherwise zero
};

/// Row results read back (tests, metrics); the way to the screen never calls for them.
struct RowResults {
    std::vector<float> log_sum_exp;  // [queries] of logits / temperature; -inf: nothing visible
    std::vector<float> entropy;      // [queries] nats; NaN where nothing is visible
};

/// What has been moved to the GPU so far, and what of it is still there.
struct UploadCount {
    std::size_t uploads = 0;  ///< layers sent
    std::size_t bytes = 0;    ///< held now
};

class ComputeDevice;
class SlicedWork;

/// Attention by compute shader (OpenGL 4.3): tiles of Q and K through shared memory, a running
/// softmax (Milakov & Gimelshein 2018), then the weights straight into a texture. Every call is on
/// the thread where the OpenGL context is current. Q and K stay on the GPU while the same
/// Projections object is scored again (a slider dragged costs no upload).
///
/// Arithmetic is float32. The temperature is applied to differences of logits, so that weights
/// err by about the rounding error of a logit divided by the temperature, and by no more than a
/// quarter of that next to a weight near 0 or 1: within 1e-5 for logits up to 8 at temperature
/// 0.05, up to 200 at temperature 1. A row with a logit of +infinity or NaN is NaN; a logit of
/// -infinity has weight zero.
///
/// After an error (a lost context, no memory, a driver that refuses the shader) nothing of the
/// targets is to be shown; the CPU does the work from then on.
class Scorer {
  public:
    /// An error where the current context has no OpenGL 4.3 or a shader does not compile.
    static Result<std::unique_ptr<Scorer>> create();
    ~Scorer();
    Scorer(const Scorer&) = delete;

    /// Queues the work; textures are ready for sampling in later draw calls of this context. One
    /// dispatch for each run of jobs that share their layer and their texture array. Leaves no
    /// program, buffer or image bound.
    Status score(std::span<const HeadJob> jobs);

    /// The same in slices, for maps that would take longer than a frame. The layers may go away
    /// meanwhile; the textures may not.
    Result<std::unique_ptr<SlicedWork>> begin(std::span<const HeadJob> jobs);

    /// Scores one head and reads back rows and, where `weights` is not null, the weights
    /// [queries, keys], hidden ones zero (tests and exports). The job's target is not used.
    Result<RowResults> score_and_read(const HeadJob& job, std::vector<float>* weights);

    /// What the driver calls itself: "llvmpipe (LLVM 15.0.6, 256 bits)".
    const std::string& device_name() const;

    UploadCount upload_count() const;

    /// For other work on the same context and the same layers.
    const std::shared_ptr<ComputeDevice>& device() const { return device_; }

  private:
    explicit Scorer(std::shared_ptr<ComputeDevice> device);
    std::shared_ptr<ComputeDevice> device_;
};

}  // namespace fovea::gpu
