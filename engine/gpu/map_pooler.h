#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/gpu/scorer.h"
#include "engine/gpu/sliced_work.h"
#include "engine/trace/head_map.h"

namespace fovea::gpu {

/// A part of one head's map to make at screen resolution.
struct PoolJob {
    const LayerTrace* layer = nullptr;  ///< its edits and its log-sum-exp are used
    Index head = 0;
    MapRegion region;
    Index rows = 0, columns = 0;  ///< cells; no more than the region has
    Pooling pooling = Pooling::largest;
    unsigned texture = 0;     ///< OpenGL name, R32F, of at least [rows x columns]
    bool mark_hidden = true;  ///< cells of hidden weights only become `hidden_mark`, else zero
};

/// The compute shader's side of pooled_head_map (engine/trace/head_map.h): the same cells from the
/// same queries and keys, for weights. In float32: weights err by about the rounding error of a
/// logit and of the log-sum-exp, divided by the temperature; within 1e-5 from temperature 0.5 up,
/// 5e-5 at 0.05 (logits up to 5).
///
/// Hands out work in slices; the window steps it with a budget every frame, and destroys it when
/// the view has moved. Layers may go away meanwhile; the texture may not.
class MapPooler {
  public:
    /// The device is that of a scorer, whose uploaded layers it shares.
    explicit MapPooler(std::shared_ptr<ComputeDevice> device) : device_(std::move(device)) {}

    Result<std::unique_ptr<SlicedWork>> begin(const PoolJob& job);

  private:
    std::shared_ptr<ComputeDevice> device_;
};

}  // namespace fovea::gpu
