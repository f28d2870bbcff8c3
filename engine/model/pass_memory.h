#pragma once

#include "engine/core/result.h"
#include "engine/model/model.h"

namespace fovea {

/// Bytes that a forward pass takes: all of them grow as the tokens.
struct PassMemory {
    double kept = 0;     ///< by its trace: states, queries, keys, values, outputs, metrics
    double working = 0;  ///< more, while it runs
};

/// Of a sentence of so many tokens, and of an encoder-decoder a target of so many. Predicted from
/// the model's sizes alone; tests/engine/memory_test.cpp holds it against real growth.
PassMemory pass_memory(const Model& model, Index tokens, Index target_tokens = 0);

}  // namespace fovea
