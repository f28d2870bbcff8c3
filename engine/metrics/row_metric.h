#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "engine/core/tensor.h"

namespace fovea {

/// One query's attention, as the streaming pass hands it to every metric. Keys outside the spans
/// have weight zero.
struct AttentionRow {
    std::span<const float> weights;  ///< softmax weights of keys first_key, first_key + 1, …
    Index first_key = 0;
    Index query = 0;
    Index keys = 0;     ///< keys of the sentence
    Index visible = 0;  ///< keys this query may see
    float entropy = 0;  ///< nats; the softmax knows it
    float largest = 0;  ///< of the weights; so does it

    /// The weight on one key; zero where it lies outside the sentence or the spans.
    float weight(Index key) const {
        const Index i = key - first_key;
        return i >= 0 && i < static_cast<Index>(weights.size()) ? weights[static_cast<size_t>(i)]
                                                                : 0.0f;
    }
};

/// A number for every query of every head, gathered in the forward pass. A metric is one file
/// beside this one and one line in list.h. Where it is undefined it is NaN, and shown as such; a
/// query that sees no key has no metric at all.
struct RowMetric {
    std::string_view name;        ///< in files: "entropy"
    std::string_view label;       ///< on the screen: "entropy"
    std::string_view unit;        ///< "nats", "bits", "tokens", "" for a share
    std::string_view definition;  ///< one sentence, with the paper
    /// The largest value it can take for this many visible keys, for axes; nullopt for no bound.
    std::optional<float> upper_bound;
    float (*compute)(const AttentionRow&);
};

/// All metrics, in the order of list.h; a metric's place here is its index in HeadScores::metrics.
std::span<const RowMetric> row_metrics();

/// The place of a metric in row_metrics() by its name in files; nullopt where there is none.
std::optional<Index> metric_index(std::string_view name);

/// The mean of one head's rows, leaving out undefined ones; NaN where none is defined.
float mean_over_queries(std::span<const float> rows);

}  // namespace fovea
