// Logits of ten thousand under a temperature of a hundredth: the weights that the pass makes and
// those that maps are made of again, against double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "engine/metrics/row_metric.h"
#include "engine/trace/head_map.h"
#include "engine/trace/score.h"

namespace fovea {
namespace {

constexpr Index n = 48, d = 8;

/// One head whose logits lie around 10,000 and differ by some hundredths.
Projections large_logits() {
    std::mt19937 random(11);
    std::normal_distribution<float> normal(0, 0.015f);
    Projections p;
    p.heads = p.key_heads = 1;
    p.queries = p.keys = n;
    p.head_dim = d;
    p.scale = 1 / std::sqrt(static_cast<float>(d));
    p.query = Tensor::filled({1, n, d}, 1);
    p.key = Tensor::filled({1, n, d}, 0);
    p.value = Tensor::filled({1, n, d}, 1);
    for (Index i = 0; i < n; ++i) {
        p.query.slice(0)[i * d] = 168.179283f;
        p.key.slice(0)[i * d] = 168.179283f;
        for (Index k = 1; k < d; ++k)
            p.key.slice(0)[i * d + k] = normal(random);
        p.value.slice(0)[i * d] = static_cast<float>(i);
    }
    return p;
}

/// [n, n], straight from the definition.
std::vector<double> weights_in_double(const Projections& p, const HeadEdits& edits) {
    std::vector<double> weights(static_cast<size_t>(n * n), 0.0);
    for (Index i = 0; i < n; ++i) {
        std::vector<double> logits;
        for (Index j = 0; j < n; ++j) {
            double sum = 0;
            for (Index k = 0; k < d; ++k)
                sum += double{p.query_of(0)[i * d + k]} * double{p.key_of(0)[j * d + k]};
            logits.push_back(edits.mask.visible(i, j) ? sum * double{p.scale} : -INFINITY);
        }
        const double largest = *std::ranges::max_element(logits);
        double sum = 0;
        for (const double logit : logits)
            sum += std::exp((logit - largest) / double{edits.temperature});
        for (Index j = 0; j < n; ++j)
            weights[static_cast<size_t>(i * n + j)] =
                std::exp((logits[static_cast<size_t>(j)] - largest) / double{edits.temperature}) /
                sum;
    }
    return weights;
}

class LowTemperature : public testing::Test {
  protected:
    LowTemperature() {
        edits_[0].temperature = 0.01f;
        edits_[0].mask.causal = true;
        edits_[0].mask.blocked_keys.assign(static_cast<size_t>(n), 0);
        edits_[0].mask.blocked_keys[3] = 1;
        layer_.projections = std::make_shared<Projections>(large_logits());
        layer_.edits = edits_;
        layer_.scores =
            std::make_shared<HeadScores>(score_heads({*layer_.projections, edits_}, {}));
        expected_ = weights_in_double(*layer_.projections, edits_[0]);
    }
    double expected(Index i, Index j) const { return expected_[static_cast<size_t>(i * n + j)]; }

    std::vector<HeadEdits> edits_ = std::vector<HeadEdits>(1);
    LayerTrace layer_;
    std::vector<double> expected_;
};

TEST_F(LowTemperature, TheExampleIsOneThatMatters) {
    double largest = 0, smallest = 1;
    for (Index j = 0; j < n; ++j) {
        largest = std::max(largest, expected(n - 1, j));
        smallest = std::min(smallest, expected(n - 1, j));
    }
    EXPECT_LT(largest, 0.9);
    EXPECT_GT(layer_.scores->largest_logit.at(0, 0), 9999);
}

TEST_F(LowTemperature, OutputsAndMetricsOfThePassAgree) {
    for (Index i = 0; i < n; ++i) {
        double output = 0, confidence = 0, entropy = 0;
        for (Index j = 0; j < n; ++j) {
            const double weight = expected(i, j);
            output += weight * static_cast<double>(j);
            confidence = std::max(confidence, weight);
            if (weight > 0) entropy -= weight * std::log(weight);
        }
        EXPECT_NEAR(layer_.scores->output.slice(0)[i * d], output, 2e-5 * (1 + output)) << i;
        EXPECT_NEAR(layer_.scores->metrics.slice(*metric_index("confidence"))[i], confidence, 5e-6);
        EXPECT_NEAR(layer_.scores->metrics.slice(*metric_index("entropy"))[i], entropy, 2e-5);
    }
}

TEST_F(LowTemperature, MapsMadeAgainAgree) {
    const Tensor map = head_map(layer_, 0, Quantity::weights, whole_map(layer_));
    const Tensor sampled = sampled_head_map(layer_, 0, Quantity::weights, whole_map(layer_), n, n);
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < n; ++j) {
            ASSERT_NEAR(map.at(i, j), expected(i, j), 5e-6) << i << " " << j;
            ASSERT_NEAR(sampled.at(i, j), expected(i, j), 5e-6) << i << " " << j;
        }
}

TEST_F(LowTemperature, PooledMapsAgree) {
    const Index cells = n / 2;
    const Tensor largest = pooled_head_map(layer_, 0, Quantity::weights, whole_map(layer_), cells,
                                           cells, Pooling::largest);
    const Tensor mean = pooled_head_map(layer_, 0, Quantity::weights, whole_map(layer_), cells,
                                        cells, Pooling::mean);
    for (Index i = 0; i < cells; ++i)
        for (Index j = 0; j < cells; ++j) {
            const double four[] = {expected(2 * i, 2 * j), expected(2 * i, 2 * j + 1),
                                   expected(2 * i + 1, 2 * j), expected(2 * i + 1, 2 * j + 1)};
            EXPECT_NEAR(largest.at(i, j), *std::ranges::max_element(four), 5e-6);
            EXPECT_NEAR(mean.at(i, j), (four[0] + four[1] + four[2] + four[3]) / 4, 5e-6);
        }
}

TEST_F(LowTemperature, MaskedScoresAreStillDivided) {
    const Tensor scores = head_map(layer_, 0, Quantity::masked_logits, whole_map(layer_));
    const Tensor raw = head_map(layer_, 0, Quantity::logits, whole_map(layer_));
    EXPECT_FLOAT_EQ(scores.at(9, 5), raw.at(9, 5) / 0.01f);
    EXPECT_EQ(scores.at(9, 10), -INFINITY);
    EXPECT_EQ(scores.at(9, 3), -INFINITY);
}

}  // namespace
}  // namespace fovea
