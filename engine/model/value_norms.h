#pragma once

#include "engine/core/tensor.h"
#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// ‖W_O v_key‖ of every head and key of a layer, [heads, keys]: times the weight, the size of what
/// a key contributes to a query (Kobayashi et al. 2020, "Attention is Not Only a Weight").
Tensor value_norms(const Model& model, const LayerTrace& trace, Index layer,
                   Part part = Part::self);

}  // namespace fovea
