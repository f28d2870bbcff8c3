#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/edit/attention_mask.h"
#include "engine/edit/edits.h"
#include "engine/trace/taps.h"

namespace fovea {

/// What goes into one layer's attention. The logit of head h at (query i, key j) is
///     scale * query[h][i] . key[h / (heads / key_heads)][j] + bias[h][j - i + queries - 1]
/// and, where distances have vectors, that much more with e = distance[j - i + queries - 1]:
///     scale * (query[h][i] . e + key[...][j] . e), the latter only where keys know distances.
/// Rotary positions and query/key norms are already in `query` and `key`.
struct Projections {
    Index heads = 0;
    Index key_heads = 0;  ///< fewer than heads where keys are grouped (Ainslie et al. 2023)
    Index queries = 0;
    Index keys = 0;
    Index head_dim = 0;
    Tensor query;  // [heads, queries, head_dim]
    Tensor key;    // [key_heads, keys, head_dim]
    Tensor value;  // [key_heads, keys, head_dim]
    float scale = 1;
    /// Added to the logits by distance, [heads, queries + keys - 1], or empty: ALiBi (Press et al.
    /// 2022), T5's relative bias (Raffel et al. 2020).
    Tensor bias;
    /// Learned vectors of distances (Shaw et al. 2018; Huang et al. 2020), [queries + keys - 1,
    /// head_dim], or empty.
    Tensor distance;
    bool keys_know_distance = false;
    ModelMask mask;

    Index key_head(Index head) const { return head / (heads / key_heads); }
    const float* query_of(Index head) const { return query.slice(head); }
    const float* key_of(Index head) const { return key.slice(key_head(head)); }
    const float* value_of(Index head) const { return value.slice(key_head(head)); }
    /// Bias of (query, key) is bias_of(head)[key - query + queries - 1]; nullptr where none.
    const float* bias_of(Index head) const { return bias.empty() ? nullptr : bias.slice(head); }
};

/// What the streaming pass over one layer's attention leaves: never an n x n map.
struct HeadScores {
    Tensor output;  // [heads, queries, head_dim], ablation applied
    // A weight is exp((logit - largest_logit) / temperature - log_sum). Kept apart, because their
    // sum would hold no more digits than the larger of the two.
    Tensor largest_logit;  // [heads, queries] of the visible keys, to within a float; -inf: none
    Tensor log_sum;        // [heads, queries], ln Σ exp((logit - largest_logit) / temperature)
    Tensor metrics;        // [metrics, heads, queries], in the order of row_metrics()
    /// Largest weight in each cell of a grid over the map: a cell stands for
    /// thumbnail_cell(queries) queries by thumbnail_cell(keys) keys, the last ones perhaps for
    /// fewer.
    Tensor thumbnails;  // [heads, thumbnail_cells(queries), thumbnail_cells(keys)], 64 at most

    /// Of logits / temperature over the visible keys; -infinity where there are none.
    double log_sum_exp(Index head, Index query, float temperature) const {
        return double{largest_logit.at(head, query)} / temperature + log_sum.at(head, query);
    }
};

/// Tokens that one cell of a thumbnail stands for along a side: the least power of two that makes
/// 64 cells suffice. A power of two, so that what is known of a sentence stays as it is, or merges
/// in pairs, while the sentence grows.
inline Index thumbnail_cell(Index tokens) {
    Index cell = 1;
    while (64 * cell < tokens)
        cell *= 2;
    return cell;
}
inline Index thumbnail_cells(Index tokens) {
    return (tokens + thumbnail_cell(tokens) - 1) / thumbnail_cell(tokens);
}

struct LayerTrace {
    std::shared_ptr<const Projections> projections;
    std::shared_ptr<const HeadScores> scores;
    std::vector<HeadEdits> edits;  // [heads], what was applied
};

/// What one forward pass leaves behind of one family of maps: the self-attention of a stack, or the
/// attention between two. Of an encoder-decoder the decoder's is the main one, and holds the
/// others. Immutable once published; any thread may read it.
struct Trace {
    Part part = Part::self;
    std::vector<std::int32_t> ids;  // [n], the tokens that ask: queries
    std::vector<std::int32_t>
        key_ids;  // [keys], those that answer; the same but in cross-attention
    /// [n], of which sentence each token is; empty: all of the first.
    std::vector<std::int32_t> token_types = {};
    Edits edits;
    /// The edits were applied to the picture only: hidden states and logits are the model's own.
    bool picture_only = false;
    std::vector<std::shared_ptr<const LayerTrace>> layers;
    /// [n, width] each: the embeddings, then the output of each layer; after the last layer the
    /// final norm is applied where the model has one, as the reference implementation returns it.
    std::vector<std::shared_ptr<const Tensor>> hidden_states;
    /// First layer whose output holds NaN or infinity; nullopt where all is finite. -1 stands for
    /// the embeddings.
    std::optional<Index> first_non_finite_layer;

    /// The stages that the request asked for; null where it asked for none.
    std::shared_ptr<const TappedStages> taps;

    /// In the decoder's trace; null elsewhere.
    std::shared_ptr<const Trace> encoder;
    /// Its layers are the decoder's; so are its hidden states.
    std::shared_ptr<const Trace> cross;

    Index length() const { return static_cast<Index>(ids.size()); }
    Index key_length() const { return static_cast<Index>(key_ids.size()); }
    /// The family of a part; this one where the model has no such part.
    const Trace& of(Part wanted) const {
        if (wanted == Part::encoder && encoder) return *encoder;
        if (wanted == Part::cross && cross) return *cross;
        return *this;
    }
    const Projections& projections(Index layer) const {
        return *layers[static_cast<size_t>(layer)]->projections;
    }
    const HeadScores& scores(Index layer) const {
        return *layers[static_cast<size_t>(layer)]->scores;
    }
};

}  // namespace fovea
