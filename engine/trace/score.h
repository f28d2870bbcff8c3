#pragma once

#include <vector>

#include "engine/core/cancel.h"
#include "engine/trace/trace.h"

namespace fovea {

/// Attention of every head of one layer in row blocks: memory grows as n, not n². Fills scores and
/// metrics, and the outputs unless `outputs` is false (re-scoring for the picture only). Blocks
/// until done; runs on the calling thread and the task pool. A cancelled call returns garbage that
/// the caller throws away.
HeadScores score_heads(const Projections& projections, const std::vector<HeadEdits>& edits,
                       const CancelToken& cancel, bool outputs = true);

/// What `edits` leave of every head of one layer, [heads].
std::vector<HeadEdits> edits_of_heads(const Edits& edits, const Projections& projections,
                                      Index layer, Part part);

/// A trace that shows `edits` on the picture of `original` only: same Q, K, V, new scores.
std::shared_ptr<const Trace> rescore(const Trace& original, const Edits& edits,
                                     const CancelToken& cancel);

}  // namespace fovea
