// Thousands of tokens: memory grows as their number, and rows at the end are as exact as the first.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "engine/metrics/row_metric.h"
#include "engine/model/forward.h"
#include "engine/session/reading.h"
#include "engine/trace/score.h"
#include "random_model.h"
#include "temporary_folder.h"
#include "tests/engine/memory_growth.h"

namespace fovea {
namespace {

/// How far a pass over so many tokens raises the memory of this process, in MiB.
double memory_of_pass(const Model& model, Index tokens) {
    ForwardRequest request;
    for (Index i = 0; i < tokens; ++i)
        request.ids.push_back(static_cast<std::int32_t>(i * 7 % 256));
    return test::peak_growth(
        [&] { EXPECT_TRUE(run(model, request, nullptr, CancelToken()).ok()); });
}

TEST(LongSentence, MemoryGrowsAsTheTokens) {
    test::RandomModel shape = test::RandomModel::long_llama();
    shape.layers = 2;
    shape.heads = 4;
    shape.width = 128;
    shape.feed_forward = 256;
    const test::TemporaryFolder folder;
    ASSERT_TRUE(test::write_random_model(shape, folder.path()).ok());
    const auto loaded = load_folder(folder.path());
    ASSERT_TRUE(loaded.ok()) << loaded.message();
    const Model& model = *(*loaded)->model;
    // The weights, the threads.
    if (memory_of_pass(model, 64) < 0) GTEST_SKIP() << "allocations are not counted here";
    for (const Index tokens : {2048, 4096, 8192}) {
        // One map of 8,192 tokens alone takes 268 MB.
        const double states =
            64.0 * static_cast<double>(tokens * shape.width * shape.layers) / (1 << 20);
        EXPECT_LT(memory_of_pass(model, tokens), states + 16) << tokens;
    }
}

TEST(LongSentence, LastRowsAreExact) {
    constexpr Index n = 4096, d = 16;
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    Projections p;
    p.heads = p.key_heads = 1;
    p.queries = p.keys = n;
    p.head_dim = d;
    p.scale = 0.25f;
    for (Tensor* tensor : {&p.query, &p.key, &p.value}) {
        *tensor = Tensor::uninitialised({1, n, d});
        for (Index i = 0; i < tensor->size(); ++i)
            tensor->data()[i] = normal(random);
    }
    std::vector<HeadEdits> edits(1);
    edits[0].mask.causal = true;
    const HeadScores scores = score_heads({p, edits}, {});
    for (const Index i : {Index{0}, Index{63}, Index{64}, n / 2, n - 2, n - 1}) {
        std::vector<double> logits;
        for (Index j = 0; j <= i; ++j) {
            double sum = 0;
            for (Index k = 0; k < d; ++k)
                sum += double{p.query.at(0, i, k)} * p.key.at(0, j, k);
            logits.push_back(sum * p.scale);
        }
        const double largest = *std::max_element(logits.begin(), logits.end());
        double sum = 0, entropy = 0;
        for (const double logit : logits)
            sum += std::exp(logit - largest);
        std::vector<double> output(d);
        for (Index j = 0; j <= i; ++j) {
            const double weight = std::exp(logits[static_cast<size_t>(j)] - largest) / sum;
            entropy -= weight * std::log(weight);
            for (Index k = 0; k < d; ++k)
                output[static_cast<size_t>(k)] += weight * p.value.at(0, j, k);
        }
        EXPECT_NEAR(scores.log_sum_exp(0, i, 1), largest + std::log(sum), 1e-5) << i;
        EXPECT_NEAR(scores.metrics.at(*metric_index("entropy"), 0, i), entropy, 2e-5) << i;
        for (Index k = 0; k < d; ++k)
            EXPECT_NEAR(scores.output.at(0, i, k), output[static_cast<size_t>(k)], 1e-5) << i;
    }
}

}  // namespace
}  // namespace fovea
