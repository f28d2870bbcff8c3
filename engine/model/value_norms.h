#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>

#include "engine/core/tensor.h"
#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// ‖W_O v_key‖ of every head and key of a layer, [heads, keys]: times the weight, the size of what
/// a key contributes to a query (Kobayashi et al. 2020, "Attention is Not Only a Weight").
Tensor value_norms(const Model& model, const LayerTrace& trace, Index layer,
                   Part part = Part::self);

/// The same, made when they are first asked for. Any thread.
class ValueNorms {
  public:
    ValueNorms(std::shared_ptr<const Model> model, std::shared_ptr<const LayerTrace> layer,
               Index layer_index, Part part);

    /// They are there, or so quickly made that a frame may do it.
    bool at_hand() const;
    /// Of one head, [keys]. Blocks where they are not there.
    std::span<const float> of_head(Index head) const;

  private:
    // What they are made of, let go of once they are.
    mutable std::shared_ptr<const Model> model_;
    mutable std::shared_ptr<const LayerTrace> layer_;
    Index layer_index_;
    Part part_;
    bool quick_;
    mutable std::once_flag once_;
    mutable std::atomic<bool> made_ = false;
    mutable Tensor norms_;  // [heads, keys]
};

}  // namespace fovea
