#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "engine/edit/attention_mask.h"
#include "engine/trace/trace.h"

namespace fovea::test {

/// How large and of what kind a made-up layer is.
struct LayerShape {
    Index heads = 1;
    Index key_heads = 1;
    Index queries = 1;
    Index keys = 1;
    Index head_dim = 8;
    bool bias = false;
    bool distance = false;            ///< distances have vectors
    bool keys_know_distance = false;  ///< and keys meet them too
};

/// Normal queries and keys; logits (without the bias) have the given standard deviation.
inline LayerTrace random_layer(const LayerShape& shape, double logit_deviation, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, static_cast<float>(std::sqrt(logit_deviation)));
    const auto fill = [&](std::vector<Index> extents) {
        Tensor tensor = Tensor::uninitialised(std::move(extents));
        for (float& value : tensor.values())
            value = normal(random);
        return tensor;
    };
    auto projections = std::make_shared<Projections>();
    projections->heads = shape.heads;
    projections->key_heads = shape.key_heads;
    projections->queries = shape.queries;
    projections->keys = shape.keys;
    projections->head_dim = shape.head_dim;
    projections->scale = 1 / std::sqrt(static_cast<float>(shape.head_dim));
    projections->query = fill({shape.heads, shape.queries, shape.head_dim});
    projections->key = fill({shape.key_heads, shape.keys, shape.head_dim});
    projections->value = fill({shape.key_heads, shape.keys, shape.head_dim});
    if (shape.bias) projections->bias = fill({shape.heads, shape.queries + shape.keys - 1});
    if (shape.distance)
        projections->distance = fill({shape.queries + shape.keys - 1, shape.head_dim});
    projections->keys_know_distance = shape.keys_know_distance;
    LayerTrace layer;
    layer.projections = std::move(projections);
    return layer;
}

/// [queries, keys] in double, straight from the definition in trace.h.
inline std::vector<double> reference_logits(const Projections& p, Index head) {
    std::vector<double> logits(static_cast<size_t>(p.queries * p.keys));
    const float* key_head = p.key.slice(head / (p.heads / p.key_heads));
    for (Index i = 0; i < p.queries; ++i) {
        for (Index j = 0; j < p.keys; ++j) {
            double product = 0;
            for (Index d = 0; d < p.head_dim; ++d) {
                const double query = p.query.at(head, i, d), key = key_head[j * p.head_dim + d];
                product += query * key;
                if (p.distance.empty()) continue;
                const double distance = p.distance.at(j - i + p.queries - 1, d);
                product += query * distance;
                if (p.keys_know_distance) product += key * distance;
            }
            const double bias = p.bias.empty() ? 0 : double{p.bias.at(head, j - i + p.queries - 1)};
            logits[static_cast<size_t>(i * p.keys + j)] = double{p.scale} * product + bias;
        }
    }
    return logits;
}

struct ReferenceAttention {
    std::vector<double> weights;      // [queries, keys], hidden cells zero
    std::vector<double> log_sum_exp;  // [queries]
    std::vector<double> entropy;      // [queries]
    std::vector<bool> hidden;         // [queries, keys]
};

/// The rule of attention_mask.h, written out once more and not shared with it.
inline bool reference_hidden(const AttentionMask& mask, Index query, Index key) {
    if (mask.causal && key > query) return true;
    if (mask.window > 0 && std::abs(query - key) >= mask.window) return true;
    if (!mask.blocked_keys.empty() && mask.blocked_keys[static_cast<size_t>(key)]) return true;
    if (!mask.blocked_queries.empty() && mask.blocked_queries[static_cast<size_t>(query)]) {
        return true;
    }
    for (const Cell& cell : mask.blocked_cells) {
        if (cell.query == query && cell.key == key) return true;
    }
    return false;
}

inline ReferenceAttention reference_attention(const std::vector<double>& logits, Index queries,
                                              Index keys, const HeadEdits& edits) {
    ReferenceAttention result;
    result.weights.assign(logits.size(), 0);
    result.hidden.assign(logits.size(), true);
    for (Index i = 0; i < queries; ++i) {
        const auto cell = [&](Index j) { return static_cast<size_t>(i * keys + j); };
        double largest = -std::numeric_limits<double>::infinity();
        for (Index j = 0; j < keys; ++j) {
            if (reference_hidden(edits.mask, i, j)) continue;
            result.hidden[cell(j)] = false;
            largest = std::max(largest, logits[cell(j)] / double{edits.temperature});
        }
        double sum = 0;
        for (Index j = 0; j < keys; ++j) {
            if (result.hidden[cell(j)]) continue;
            sum += std::exp(logits[cell(j)] / double{edits.temperature} - largest);
        }
        double entropy = 0;
        for (Index j = 0; j < keys; ++j) {
            if (result.hidden[cell(j)]) continue;
            const double log_weight =
                logits[cell(j)] / double{edits.temperature} - largest - std::log(sum);
            result.weights[cell(j)] = std::exp(log_weight);
            entropy -= std::exp(log_weight) * log_weight;
        }
        const bool any = sum > 0;
        result.log_sum_exp.push_back(any ? largest + std::log(sum)
                                         : -std::numeric_limits<double>::infinity());
        result.entropy.push_back(any ? entropy : std::numeric_limits<double>::quiet_NaN());
    }
    return result;
}

}  // namespace fovea::test
