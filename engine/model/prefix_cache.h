#pragma once

#include "engine/model/stack_pass.h"

namespace fovea {

/// What a pass need not compute, since the trace before holds it: the rows at the start of a
/// sentence that come out as they did. Of the same sentence all rows, of a causal stack those in
/// front of the first token that changed; in every layer up to the first where the edits make them
/// differ. A KV cache with the queries, outputs, scores and states beside the keys and values.
class PrefixCache {
  public:
    /// `previous` (or nullptr) may be of anything: of what does not fit nothing is reused.
    PrefixCache(const StackRequest& request, const Trace* previous);

    Index count() const { return count_; }
    /// Rows still to be computed.
    Index rest() const { return static_cast<Index>(request_.ids.size()) - count_; }
    /// From here on every row is computed.
    void forget() { count_ = 0; }

    /// The cached rows of this layer come out as they did.
    bool hold_in(Index layer) const;
    /// The embeddings are the same: so is the sentence. Takes them over.
    bool take_embeddings(Trace& trace) const;
    /// All of this layer does: the same sentence under the same edits.
    bool whole_layer(Index layer) const;
    /// Takes such a layer over, and the state after it.
    void take_layer(Index layer, Trace& trace, Trace* cross) const;

    /// The state after a layer, [n, width]: cached rows, then those of `state`.
    Tensor with_state(Index layer, const Tensor& state) const;
    /// Among the cached rows up to that state there is neither NaN nor infinity, as far as is
    /// known.
    bool finite_after(Index layer) const;
    /// The layer that the cached rows are of; nullptr where there are none.
    const LayerTrace* layer(Index layer, Part part) const;
    /// Cached queries, keys and values in front of the new ones.
    void prepend(Index layer, Part part, Projections& projections) const;

  private:
    bool fits(const Trace* previous) const;
    /// The same tokens of the same types.
    bool same_sentence() const;
    Index common_tokens() const;
    template <class Test>
    bool both_families(Index layer, Test&& test) const;

    const StackRequest& request_;
    const ModelConfig& config_;
    const Trace* previous_;
    Index count_ = 0;
};

}  // namespace fovea
