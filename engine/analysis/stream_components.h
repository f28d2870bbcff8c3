#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// Who adds to the residual stream.
struct Writer {
    enum class Kind {
        embedding,       ///< the token's
        position,        ///< the position's, learned or a sinusoid
        type,            ///< of which sentence the token is
        attention,       ///< one head
        attention_bias,  ///< what attention adds whatever the heads say
        cross_attention,
        cross_attention_bias,
        mlp,   ///< with its bias
        bias,  ///< what norms and projections add of their own
    } kind = Kind::embedding;
    Index layer = -1;  ///< -1: no layer's
    Index head = -1;
    bool operator==(const Writer&) const = default;
};

/// "embedding", "attention.3.5", "mlp.2": as arrays and components are named in files.
std::string writer_name(const Writer& writer);

/// Rows of the residual stream as sums of what was written into them (Elhage et al. 2021, "A
/// Mathematical Framework for Transformer Circuits").
struct StreamComponents {
    std::vector<Writer> writers;
    std::vector<Index> rows;  ///< tokens
    /// [rows, writers, width]; over the writers of a row they add up to the stream.
    Tensor vectors;
};

/// The stream that enters `layer` of the part's stack, before the norm in front of it, for these
/// tokens; `layer` = layers: the one that the final norm reads. Norms on the way (behind the
/// embedding, behind a sublayer) are frozen: x is divided by the deviation that the whole stream
/// had, so that each is linear; their shifts are the writer `bias`, the last one, which is there
/// where something was written by it. The trace is one of this model, with its edits acting on it.
/// `after_attention`: the layer's own attention included, as its cross-attention meets it.
StreamComponents stream_components(const Model& model, const Trace& trace, Index layer,
                                   std::span<const Index> rows, bool after_attention = false);

}  // namespace fovea
