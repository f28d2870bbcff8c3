#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// One stack of layers over one sentence.
struct StackRequest {
    const Model& model;
    Part part;  ///< self, encoder or decoder
    const std::vector<std::int32_t>& ids;
    const std::vector<std::int32_t>& token_types;  ///< [n], or empty: all of the first type
    const Edits& edits;
    std::shared_ptr<const Trace> encoder;  ///< what a decoder attends to; null elsewhere
    const CancelToken& cancel;
    Taps taps = {};
};

/// Runs it, and reuses of `previous` (a trace of the same stack, or nullptr) the layers below the
/// lowest one that the request would compute otherwise. nullptr where it was cancelled.
std::shared_ptr<const Trace> run_stack(const StackRequest& request, const Trace* previous);

}  // namespace fovea
