#pragma once

#include <span>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/trace/trace.h"

namespace fovea {

/// What of a layer's attention is wanted, and what of it is cached.
struct ScoreRequest {
    const Projections& projections;
    const std::vector<HeadEdits>& edits;  // [heads]
    bool outputs = true;                  ///< false: re-scoring for the picture only
    /// Rows [0, cached_rows) come out as in `cached`, the same layer of a sentence that begins with
    /// the same tokens: none of them sees a key behind itself, in the one or in the other.
    const LayerTrace* cached = nullptr;
    Index cached_rows = 0;
    /// Heads whose every row comes out as in the layer named, of the same sentence; null: to be
    /// scored. [heads], or empty.
    std::vector<const LayerTrace*> cached_heads = {};
};

/// Attention of every head of one layer in row blocks: memory grows as n, not n². Blocks until
/// done; runs on the calling thread and the task pool. A cancelled call returns garbage that the
/// caller throws away.
HeadScores score_heads(const ScoreRequest& request, const CancelToken& cancel);

/// The same of layers that do not wait for one another, whose heads share the cores.
std::vector<HeadScores> score_layers(std::span<const ScoreRequest> layers,
                                     const CancelToken& cancel);

/// What `edits` leave of every head of one layer, [heads].
std::vector<HeadEdits> edits_of_heads(const Edits& edits, const Projections& projections,
                                      Index layer, Part part);

}  // namespace fovea
