#include "engine/gpu/scorer.h"

#include "engine/gpu/benchmark.h"
#include "engine/trace/head_map.h"
#include "engine/trace/score.h"
#include "tests/gpu/gpu_test.h"

namespace fovea::gpu {
namespace {

using ScorerTest = GpuTest;

// q = identity, k chosen so that the first row's logits are (ln 3, 0), the second's (0, ln 4).
LayerTrace two_tokens() {
    LayerTrace layer = random_layer({1, 1, 2, 2, 2, false}, 1, 1);
    auto p = std::make_shared<Projections>();
    p->heads = p->key_heads = 1;
    p->queries = p->keys = p->head_dim = 2;
    p->query = Tensor::filled({1, 2, 2}, 0);
    p->query.data()[0] = p->query.data()[3] = 1;
    p->key = Tensor::filled({1, 2, 2}, 0);
    p->key.data()[0] = std::log(3.f);
    p->key.data()[3] = std::log(4.f);
    layer.projections = p;
    return layer;
}

TEST_F(ScorerTest, TwoTokensByHand) {
    const LayerTrace layer = two_tokens();
    HeadJob job;
    job.layer = &layer;
    std::vector<float> weights;
    auto rows = scorer_->score_and_read(job, &weights);
    ASSERT_TRUE(rows.ok()) << rows.message();
    const float expected[] = {0.75f, 0.25f, 0.2f, 0.8f};
    for (size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(weights[i], expected[i], 1e-6);
    EXPECT_NEAR(rows->log_sum_exp[0], std::log(4.0), 1e-6);
    EXPECT_NEAR(rows->log_sum_exp[1], std::log(5.0), 1e-6);
    EXPECT_NEAR(rows->entropy[0], -0.75 * std::log(0.75) - 0.25 * std::log(0.25), 1e-6);

    // At temperature 1/2 the odds are squared: 9 to 1 and 1 to 16.
    job.edits.temperature = 0.5f;
    rows = scorer_->score_and_read(job, &weights);
    ASSERT_TRUE(rows.ok()) << rows.message();
    EXPECT_NEAR(weights[0], 0.9, 1e-6);
    EXPECT_NEAR(weights[2], 1.0 / 17, 1e-6);
}

TEST_F(ScorerTest, EveryLengthHeadDimAndTemperature) {
    for (const Index n : lengths) {
        for (const Index head_dim : {8, 24, 32, 64, 80, 128, 256}) {
            // The largest of a million logits is about five deviations.
            const LayerTrace layer = random_layer({1, 1, n, n, head_dim, false}, 1.5, 7);
            const auto logits = reference_logits(*layer.projections, 0);
            for (const float temperature : {0.05f, 0.5f, 1.f, 20.f}) {
                SCOPED_TRACE(testing::Message() << "n " << n << ", head_dim " << head_dim
                                                << ", temperature " << temperature);
                HeadEdits edits;
                edits.temperature = temperature;
                expect_agreement(layer, 0, edits, logits);
            }
        }
    }
}

TEST_F(ScorerTest, OddHeadDims) {
    for (const Index head_dim : {1, 3, 31, 33, 65, 100}) {
        SCOPED_TRACE(head_dim);
        expect_agreement(random_layer({1, 1, 40, 40, head_dim, false}, 1.5, 3), 0, {});
    }
}

TEST_F(ScorerTest, LargeLogitsErrInProportionToTheTemperature) {
    const LayerTrace layer = random_layer({1, 1, 257, 257, 64, false}, 7, 5);
    const auto logits = reference_logits(*layer.projections, 0);
    double largest = 0;
    for (const double logit : logits)
        largest = std::max(largest, std::abs(logit));
    EXPECT_GT(largest, 25);
    for (const float temperature : {0.05f, 0.5f, 1.f, 20.f}) {
        SCOPED_TRACE(temperature);
        HeadEdits edits;
        edits.temperature = temperature;
        expect_agreement(layer, 0, edits, logits, std::max(1e-5, 2e-6 / double{temperature}));
    }
}

// The two programs that draw the same picture, on the sizes, masks and temperatures of the window.
// Both are float32, each with its own order of sums, and at temperature 0.05 the rounding error of
// a logit counts 20 times. Logits are therefore small here (up to 2, so 40 after the division);
// how close the shader comes to the exact result with larger ones, other tests show.
TEST_F(ScorerTest, AgreesWithTheProcessor) {
    for (const Index n : lengths) {
        for (const Index head_dim : {8, 24, 64, 256}) {
            LayerTrace layer = random_layer({2, 1, n, n, head_dim, head_dim == 24}, 1.0, 73);
            for (const float temperature : {0.05f, 0.5f, 1.f, 20.f}) {
                SCOPED_TRACE(testing::Message() << "n " << n << ", head_dim " << head_dim
                                                << ", temperature " << temperature);
                HeadEdits edits;
                edits.temperature = temperature;
                edits.mask.causal = head_dim == 64;
                edits.mask.window = head_dim == 256 ? 40 : 0;
                if (head_dim != 8) edits.mask.blocked_keys = random_bits(n, 0.1, 79);
                if (head_dim == 24) edits.mask.blocked_cells = random_cells(n, n, 40, 83);
                layer.edits.assign(2, edits);
                layer.scores = std::make_shared<HeadScores>(
                    score_heads({*layer.projections, layer.edits, false}, CancelToken{}));
                const Tensor expected = head_map(layer, 1, Quantity::weights, whole_map(layer));

                HeadJob job;
                job.layer = &layer;
                job.head = 1;
                job.edits = edits;
                std::vector<float> weights;
                const auto rows = scorer_->score_and_read(job, &weights);
                ASSERT_TRUE(rows.ok()) << rows.message();
                float worst = 0;
                for (size_t i = 0; i < weights.size(); ++i) {
                    const float error = std::abs(weights[i] - expected.data()[i]);
                    ASSERT_FALSE(std::isnan(error)) << i;
                    worst = std::max(worst, error);
                }
                EXPECT_LE(worst, 1e-5f);
                const float slack = 1e-5f * std::max(1.f, 1 / temperature);
                for (Index i = 0; i < n; ++i) {
                    const auto expected_sum = static_cast<float>(
                        layer.scores->log_sum_exp(1, i, layer.edits[1].temperature));
                    const float sum = rows->log_sum_exp[static_cast<size_t>(i)];
                    if (std::isinf(expected_sum)) {
                        ASSERT_EQ(sum, -infinity);
                    } else {
                        ASSERT_NEAR(sum, expected_sum, slack);
                    }
                }
            }
        }
    }
}

TEST_F(ScorerTest, BothSidesOfTheStartUpMeasurementTakeTime) {
    const auto speed = measure_scoring(*scorer_);
    ASSERT_TRUE(speed.ok()) << speed.message();
    EXPECT_GT(speed->cpu_ms, 0);
    EXPECT_GT(speed->gpu_ms, 0);
    RecordProperty("cpu_ms", std::to_string(speed->cpu_ms));
    RecordProperty("gpu_ms", std::to_string(speed->gpu_ms));
}

TEST_F(ScorerTest, PositionBias) {
    for (const Index n : {1, 7, 33, 100}) {
        const LayerTrace layer = random_layer({3, 3, n, n, 16, true}, 1.5, 13);
        for (const Index head : {0, 2}) {
            HeadEdits edits;
            edits.temperature = 0.5f;
            edits.mask.causal = head == 2;
            expect_agreement(layer, head, edits);
        }
    }
}

TEST_F(ScorerTest, GroupedKeys) {
    const LayerTrace layer = random_layer({6, 2, 45, 45, 20, false}, 1.5, 17);
    for (Index head = 0; head < 6; ++head) {
        SCOPED_TRACE(head);
        expect_agreement(layer, head, {});
    }
}

TEST_F(ScorerTest, QueriesAndKeysOfDifferentNumber) {
    for (const auto& [queries, keys] :
         {std::pair<Index, Index>{5, 70}, {70, 5}, {1, 33}, {33, 1}}) {
        const LayerTrace layer = random_layer({2, 1, queries, keys, 24, true}, 1.5, 19);
        for (const Index window : {0, 4}) {
            SCOPED_TRACE(testing::Message() << queries << " x " << keys << ", window " << window);
            HeadEdits edits;
            edits.mask.causal = window != 0;
            edits.mask.window = window;
            edits.mask.blocked_cells = random_cells(queries, keys, 10, 23);
            expect_agreement(layer, 1, edits);
        }
    }
}

TEST_F(ScorerTest, RowsWithoutWeights) {
    const LayerTrace layer = random_layer({1, 1, 50, 50, 24, false}, 1.5, 29);
    HeadJob job;
    job.layer = &layer;
    std::vector<float> weights;
    const auto with = scorer_->score_and_read(job, &weights);
    const auto without = scorer_->score_and_read(job, nullptr);
    ASSERT_TRUE(with.ok() && without.ok());
    EXPECT_EQ(with->log_sum_exp, without->log_sum_exp);
    EXPECT_EQ(with->entropy, without->entropy);
}

TEST_F(ScorerTest, LogitsThatAreNoNumbersSpoilTheirRowOnly) {
    LayerTrace layer = random_layer({1, 1, 40, 40, 8, false}, 1.5, 31);
    auto p = std::make_shared<Projections>();
    p->heads = p->key_heads = 1;
    p->queries = p->keys = 40;
    p->head_dim = 8;
    p->query = layer.projections->query.clone();
    p->key = layer.projections->key.clone();
    p->query.data()[3 * 8] = std::numeric_limits<float>::quiet_NaN();
    for (Index d = 0; d < 8; ++d)
        p->query.data()[5 * 8 + d] = infinity;
    // Minus infinity against one key only: a bias.
    p->bias = Tensor::filled({1, 79}, 0);
    p->bias.data()[39 + 2] = -infinity;
    layer.projections = p;

    HeadJob job;
    job.layer = &layer;
    std::vector<float> weights;
    const auto rows = scorer_->score_and_read(job, &weights);
    ASSERT_TRUE(rows.ok()) << rows.message();
    for (size_t row = 0; row < 40; ++row) {
        SCOPED_TRACE(row);
        double sum = 0;
        for (size_t key = 0; key < 40; ++key)
            sum += double{weights[row * 40 + key]};
        if (row == 3 || row == 5) {
            EXPECT_TRUE(std::isnan(sum));
            EXPECT_TRUE(std::isnan(rows->log_sum_exp[row]));
            continue;
        }
        EXPECT_NEAR(sum, 1, 1e-5);
        if (row + 2 < 40) {
            EXPECT_EQ(weights[row * 40 + row + 2], 0);
        }
    }
}

}  // namespace
}  // namespace fovea::gpu
