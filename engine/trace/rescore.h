#pragma once

#include <memory>

#include "engine/core/cancel.h"
#include "engine/trace/trace.h"

namespace fovea {

/// A trace that shows `edits` on the picture of `original` only: same Q, K, V, new scores. Only
/// heads are scored whose edits are neither those of `original` nor those of `previous`, another
/// such trace of it (or nullptr).
std::shared_ptr<const Trace> rescore(const Trace& original, const Edits& edits,
                                     const Trace* previous, const CancelToken& cancel);

}  // namespace fovea
