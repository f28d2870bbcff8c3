#pragma once

#include <string_view>

#include "engine/arch/arch_spec.h"
#include "engine/io/checkpoint.h"

namespace fovea {

/// Which stack of layers a name is of: the only one, or one of an encoder-decoder's two.
enum class GgufStack { only, encoder, decoder };

/// What GGUF files call a tensor, the same for all architectures: "blk.{}.attn_q.weight", "{}" for
/// the layer. `norm_before` false is BERT's order, whose norms have names of their own. Empty where
/// the format has no name for it.
std::string_view gguf_tensor_name(Role role, GgufStack stack = GgufStack::only,
                                  bool norm_before = true);

/// The architecture as `checkpoint`, the tensors of a GGUF file, holds it: with the format's names,
/// every matrix [outputs, inputs], and query, key and value of a fused matrix one after the other.
/// `encoder_alone`: `arch` is the encoder of an encoder-decoder.
ArchSpec gguf_architecture(const ArchSpec& arch, const Checkpoint& checkpoint,
                           bool encoder_alone = false);

}  // namespace fovea
