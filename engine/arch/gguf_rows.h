#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/io/gguf.h"

namespace fovea {

/// The rows of a query or key matrix [heads × head_dim, …], or of its bias, in the order that
/// the half-split rotary code wants. GGUF files of the architecture "llama" have the pairs that
/// turn together side by side, (0, 1), (2, 3); here they become (0, d/2), (1, d/2 + 1). Rows are
/// whole blocks, so no number changes. `to` has as many bytes as the tensor.
void restore_rotary_rows(const TensorView& view, Index heads, std::span<std::byte> to);

/// The file's tensors, ready to be bound: with those rows in order where the file's architecture
/// wants it, else untouched.
Result<std::shared_ptr<const Checkpoint>> gguf_weights(std::shared_ptr<const Gguf> gguf);

}  // namespace fovea
