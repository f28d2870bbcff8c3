#pragma once

#include <cmath>
#include <memory>
#include <random>

#include "engine/trace/score.h"
#include "engine/trace/trace.h"

namespace fovea::app {

/// What a made-up trace has.
struct TraceShape {
    Index layers = 2, heads = 3, tokens = 9, head_dim = 8;
    AttentionMask mask;  ///< of every head
};

/// One head of a causal model.
inline TraceShape one_causal_head(Index tokens, Index head_dim) {
    TraceShape shape;
    shape.layers = shape.heads = 1;
    shape.tokens = tokens;
    shape.head_dim = head_dim;
    shape.mask.causal = true;
    return shape;
}

/// A trace of random queries and keys, scored by the engine.
inline std::shared_ptr<const Trace> made_up_trace(const TraceShape& shape, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 1.4f);
    const auto fill = [&](std::vector<Index> extents) {
        Tensor tensor = Tensor::uninitialised(std::move(extents));
        for (float& value : tensor.values())
            value = normal(random);
        return tensor;
    };
    auto trace = std::make_shared<Trace>();
    trace->ids.assign(static_cast<size_t>(shape.tokens), 1);
    for (Index l = 0; l < shape.layers; ++l) {
        auto projections = std::make_shared<Projections>();
        projections->heads = projections->key_heads = shape.heads;
        projections->queries = projections->keys = shape.tokens;
        projections->head_dim = shape.head_dim;
        projections->scale = 1 / std::sqrt(static_cast<float>(shape.head_dim));
        projections->query = fill({shape.heads, shape.tokens, shape.head_dim});
        projections->key = fill({shape.heads, shape.tokens, shape.head_dim});
        projections->value = fill({shape.heads, shape.tokens, shape.head_dim});
        auto layer = std::make_shared<LayerTrace>();
        layer->edits.resize(static_cast<size_t>(shape.heads));
        for (HeadEdits& edits : layer->edits)
            edits.mask = shape.mask;
        layer->scores = std::make_shared<HeadScores>(
            score_heads({*projections, layer->edits, false}, CancelToken{}));
        layer->projections = std::move(projections);
        trace->layers.push_back(std::move(layer));
    }
    return trace;
}

}  // namespace fovea::app
