#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/tensor.h"
#include "engine/metrics/quantity_names.h"
#include "engine/trace/trace.h"

namespace fovea {

/// What a map shows.
enum class Quantity {
    weights,         ///< after temperature, mask and softmax
    logits,          ///< logits: scale * q.k + position bias; no temperature, no mask
    masked_logits,   ///< logits / temperature, hidden cells -infinity
    value_weighted,  ///< weight times ‖W_O v_key‖ (Kobayashi et al. 2020)
};

const QuantityName& name_of(Quantity quantity);

struct MapRegion {
    Index query_begin = 0, query_end = 0;
    Index key_begin = 0, key_end = 0;
    Index rows() const { return query_end - query_begin; }
    Index columns() const { return key_end - key_begin; }
    bool operator==(const MapRegion&) const = default;
};

MapRegion whole_map(const LayerTrace& layer);
/// All keys of one query.
MapRegion row_of_map(const LayerTrace& layer, Index query);

/// One head's map, or a part of it, made from Q, K, the largest logits and log-sums. [rows,
/// columns]. `value_norms` [keys] is needed for value_weighted only (see model/value_norms.h).
/// Hidden cells are 0 in weights, -infinity in masked_logits.
Tensor head_map(const LayerTrace& layer, Index head, Quantity quantity, const MapRegion& region,
                std::span<const float> value_norms = {});

/// The key with the largest weight in a row of weights, [1, keys]; of equal ones the first.
Index heaviest_key(const Tensor& row);
/// The same of a head's query.
Index heaviest_key(const LayerTrace& layer, Index head, Index query);

enum class Pooling {
    largest,  ///< loses no isolated peak
    mean,     ///< of weights, hidden cells count as 0; of masked logits, they do not count
};

/// First of `whole` tokens that cell `cell` of `cells` stands for: token i falls into cell
/// i cells / whole, rounded down (as in HeadScores::thumbnails).
constexpr Index pooled_begin(Index cell, Index cells, Index whole) {
    return (cell * whole + cells - 1) / cells;
}

/// The same at most `rows` x `columns` large, cells pooled. Holds neither the map nor a band of it,
/// only blocks that fit the processor's cache, and skips what the mask's rule hides. A pooled cell
/// is NaN where one of its visible cells is, and -infinity in masked_logits where all are hidden.
/// Blocks until done; runs on the calling thread and the task pool. A cancelled call returns
/// garbage that the caller throws away.
Tensor pooled_head_map(const LayerTrace& layer, Index head, Quantity quantity,
                       const MapRegion& region, Index rows, Index columns, Pooling pooling,
                       std::span<const float> value_norms = {}, const CancelToken& cancel = {});

/// A first impression of a region that costs next to nothing at any length: the value of one cell
/// in the middle of each pooled cell, not pooled. [rows, columns]
Tensor sampled_head_map(const LayerTrace& layer, Index head, Quantity quantity,
                        const MapRegion& region, Index rows, Index columns,
                        std::span<const float> value_norms = {});

}  // namespace fovea
