#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "engine/export/export.h"
#include "engine/metrics/row_metric.h"
#include "temporary_folder.h"

namespace fovea::test {

inline std::string file_bytes(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

struct ReadingShape {
    Index layers = 2;
    Index heads = 4;
    Index key_heads = 2;
    Index tokens = 5;
    Index head_dim = 3;
    Index width = 6;
    bool causal = false;
    Edits edits = {};
    float spread = 2;  ///< standard deviation of the elements of Q and K
};

inline Tensor random_tensor(std::vector<Index> shape, std::mt19937& random, float spread) {
    Tensor tensor = Tensor::uninitialised(std::move(shape));
    std::normal_distribution<float> normal(0, spread);
    for (float& value : tensor.values())
        value = normal(random);
    return tensor;
}

/// The logit of a cell in double precision, without temperature and mask.
inline double reference_score(const Projections& p, Index head, Index query, Index key) {
    double sum = 0;
    for (Index i = 0; i < p.head_dim; ++i)
        sum += static_cast<double>(p.query_of(head)[query * p.head_dim + i]) *
               static_cast<double>(p.key_of(head)[key * p.head_dim + i]);
    return sum * static_cast<double>(p.scale);
}

inline double reference_log_sum_exp(const Projections& p, const HeadEdits& edits, Index head,
                                    Index query) {
    double sum = 0;
    for (Index key = 0; key < p.keys; ++key)
        if (edits.mask.visible(query, key))
            sum += std::exp(reference_score(p, head, query, key) /
                            static_cast<double>(edits.temperature));
    return std::log(sum);
}

inline double reference_weight(const Trace& trace, Index layer, Index head, Index query,
                               Index key) {
    const Projections& p = trace.projections(layer);
    const HeadEdits& edits =
        trace.layers[static_cast<size_t>(layer)]->edits[static_cast<size_t>(head)];
    if (!edits.mask.visible(query, key)) return 0;
    return std::exp(reference_score(p, head, query, key) / static_cast<double>(edits.temperature) -
                    reference_log_sum_exp(p, edits, head, query));
}

/// A reading made by hand: random projections, what follows from them by brute force.
inline std::shared_ptr<Reading> make_reading(const ReadingShape& shape) {
    std::mt19937 random(7);
    auto trace = std::make_shared<Trace>();
    trace->edits = shape.edits;
    for (Index i = 0; i < shape.tokens; ++i)
        trace->ids.push_back(static_cast<std::int32_t>(100 + 7 * i));
    const auto metrics = static_cast<Index>(row_metrics().size());
    for (Index layer = 0; layer < shape.layers; ++layer) {
        auto p = std::make_shared<Projections>();
        p->heads = shape.heads;
        p->key_heads = shape.key_heads;
        p->queries = p->keys = shape.tokens;
        p->head_dim = shape.head_dim;
        p->query = random_tensor({shape.heads, shape.tokens, shape.head_dim}, random, shape.spread);
        p->key =
            random_tensor({shape.key_heads, shape.tokens, shape.head_dim}, random, shape.spread);
        p->value = random_tensor({shape.key_heads, shape.tokens, shape.head_dim}, random, 1);
        p->scale = 1 / std::sqrt(static_cast<float>(shape.head_dim));
        p->mask.causal = shape.causal;
        auto source = std::make_shared<LayerTrace>();
        auto scores = std::make_shared<HeadScores>();
        scores->largest_logit = Tensor::filled({shape.heads, shape.tokens}, 0);
        scores->log_sum = Tensor::uninitialised({shape.heads, shape.tokens});
        scores->metrics = random_tensor({metrics, shape.heads, shape.tokens}, random, 1);
        for (Index head = 0; head < shape.heads; ++head) {
            source->edits.push_back(
                edits_of_head(shape.edits, p->mask, {layer, head, shape.tokens, shape.tokens}));
            for (Index query = 0; query < shape.tokens; ++query)
                scores->log_sum.at(head, query) = static_cast<float>(
                    reference_log_sum_exp(*p, source->edits.back(), head, query));
        }
        source->projections = std::move(p);
        source->scores = std::move(scores);
        trace->layers.push_back(std::move(source));
    }
    trace->key_ids = trace->ids;
    for (Index i = 0; i <= shape.layers; ++i)
        trace->hidden_states.push_back(
            std::make_shared<Tensor>(random_tensor({shape.tokens, shape.width}, random, 1)));

    auto reading = std::make_shared<Reading>();
    auto model = std::make_shared<LoadedModel>();
    model->name = "hand-made";
    reading->request.model = model;
    reading->request.text = "Ein Satz, \"zitiert\"";
    reading->request.edits = shape.edits;
    for (Index i = 0; i < shape.tokens; ++i) {
        Token token;
        token.id = trace->ids[static_cast<size_t>(i)];
        token.text = "tok" + std::to_string(i);
        reading->tokens.push_back(token);
        reading->labels.push_back(token.text);
    }
    reading->original = trace;
    return reading;
}

}  // namespace fovea::test
