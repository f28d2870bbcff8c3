#pragma once

#include <span>

#include "engine/core/cancel.h"
#include "engine/core/tensor.h"
#include "engine/nn/linear.h"

namespace fovea {

/// apply_linear over so many rows at a time that a pass that nobody wants any more ends within one
/// turn, not after all. Cancelled, what is left of the outputs is not written.
void apply_in_turns(std::span<const LinearTask> tasks, Index rows, const CancelToken& cancel);

}  // namespace fovea
