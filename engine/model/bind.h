#pragma once

#include "engine/arch/arch_spec.h"
#include "engine/core/result.h"
#include "engine/io/checkpoint.h"
#include "engine/model/weights.h"

namespace fovea {

/// Finds every tensor that the architecture names, under any of the spellings it allows, and checks
/// its shape. One error lists all that are missing or misshapen, with the shape each has and the
/// shape it should have.
Result<Weights> bind_weights(const ArchSpec& arch, const ModelConfig& config,
                             const Checkpoint& checkpoint);

/// Whether what bind_weights() binds has a language head, from the names of the tensors alone.
bool finds_language_head(const ArchSpec& arch, const ModelConfig& config,
                         const Checkpoint& checkpoint);

}  // namespace fovea
