#include "engine/gpu/scorer.h"

#include <epoxy/gl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/gpu/benchmark.h"
#include "engine/gpu/gl.h"
#include "engine/gpu/headless_context.h"
#include "engine/trace/head_map.h"
#include "engine/trace/score.h"
#include "tests/gpu/reference_attention.h"

namespace fovea::gpu {
namespace {

using test::LayerShape;
using test::random_layer;
using test::reference_attention;
using test::reference_logits;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr Index lengths[] = {1, 7, 33, 257, 1000};

/// One context for all tests; each skips with a sentence where the machine has no OpenGL 4.3.
class ScorerTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto context = HeadlessContext::create();
        if (!context) {
            missing_ = context.message();
            return;
        }
        context_ = *std::move(context);
        auto scorer = Scorer::create();
        ASSERT_TRUE(scorer.ok()) << scorer.message();
        scorer_ = *std::move(scorer);
    }
    static void TearDownTestSuite() {
        scorer_.reset();
        context_.reset();
    }
    void SetUp() override {
        if (!missing_.empty()) GTEST_SKIP() << missing_;
    }
    void TearDown() override {
        if (scorer_) {
            EXPECT_EQ(glGetError(), GLenum{GL_NO_ERROR});
        }
    }

    /// Scores one head, compares everything with the reference. Logits may be given to save time.
    static void expect_agreement(const LayerTrace& layer, Index head, const HeadEdits& edits,
                                 const std::vector<double>& logits, double tolerance = 1e-5) {
        const Projections& p = *layer.projections;
        const auto expected = reference_attention(logits, p.queries, p.keys, edits);
        HeadJob job;
        job.layer = &layer;
        job.head = head;
        job.edits = edits;
        std::vector<float> weights;
        const auto rows = scorer_->score_and_read(job, &weights);
        ASSERT_TRUE(rows.ok()) << rows.message();
        ASSERT_EQ(weights.size(), expected.weights.size());
        double worst = 0;
        for (size_t i = 0; i < weights.size(); ++i) {
            if (expected.hidden[i]) {
                ASSERT_EQ(weights[i], 0) << "hidden cell " << i;
            }
            const double error = std::abs(double{weights[i]} - expected.weights[i]);
            ASSERT_FALSE(std::isnan(error)) << "cell " << i;
            worst = std::max(worst, error);
        }
        EXPECT_LE(worst, tolerance);
        for (size_t i = 0; i < rows->log_sum_exp.size(); ++i) {
            if (std::isinf(expected.log_sum_exp[i])) {
                EXPECT_EQ(rows->log_sum_exp[i], -infinity) << "row " << i;
                EXPECT_TRUE(std::isnan(rows->entropy[i])) << "row " << i;
                continue;
            }
            // Rounding errors of logits, and of the sum itself, grow with their size.
            const double slack =
                std::max({1.0, 1 / double{edits.temperature}, std::abs(expected.log_sum_exp[i])});
            ASSERT_NEAR(rows->log_sum_exp[i], expected.log_sum_exp[i], 2e-6 * slack + tolerance)
                << i;
            ASSERT_NEAR(rows->entropy[i], expected.entropy[i], 2e-6 * slack + tolerance) << i;
        }
    }
    static void expect_agreement(const LayerTrace& layer, Index head, const HeadEdits& edits) {
        expect_agreement(layer, head, edits, reference_logits(*layer.projections, head));
    }

    static inline std::unique_ptr<HeadlessContext> context_;
    static inline std::unique_ptr<Scorer> scorer_;
    static inline std::string missing_;
};

std::vector<std::uint8_t> random_bits(Index count, double share, unsigned seed) {
    std::mt19937 random(seed);
    std::bernoulli_distribution blocked(share);
    std::vector<std::uint8_t> bits(static_cast<size_t>(count));
    for (auto& bit : bits)
        bit = blocked(random);
    return bits;
}

std::vector<Cell> random_cells(Index queries, Index keys, int count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<Index> query(0, queries - 1), key(0, keys - 1);
    std::vector<Cell> cells;
    for (int i = 0; i < count; ++i)
        cells.push_back({query(random), key(random)});
    std::sort(cells.begin(), cells.end());
    cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
    return cells;
}

/// A texture of R32F texels, all of one value.
Texture filled_texture(GLenum target, int width, int height, int layers, float value) {
    Texture texture = Texture::make();
    glBindTexture(target, texture.name());
    const std::vector<float> texels(static_cast<size_t>(width * height * layers), value);
    if (target == GL_TEXTURE_2D_ARRAY) {
        glTexStorage3D(target, 1, GL_R32F, width, height, layers);
        glTexSubImage3D(target, 0, 0, 0, 0, width, height, layers, GL_RED, GL_FLOAT, texels.data());
    } else {
        glTexStorage2D(target, 1, GL_R32F, width, height);
        glTexSubImage2D(target, 0, 0, 0, width, height, GL_RED, GL_FLOAT, texels.data());
    }
    glBindTexture(target, 0);
    return texture;
}

std::vector<float> texels_of(GLenum target, const Texture& texture, size_t count) {
    std::vector<float> texels(count);
    glBindTexture(target, texture.name());
    glGetTexImage(target, 0, GL_RED, GL_FLOAT, texels.data());
    glBindTexture(target, 0);
    return texels;
}

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

TEST_F(ScorerTest, EveryMaskAtEveryLength) {
    for (const Index n : lengths) {
        const LayerTrace layer = random_layer({1, 1, n, n, 24, false}, 1.5, 11);
        const auto logits = reference_logits(*layer.projections, 0);
        std::vector<std::pair<const char*, AttentionMask>> masks(11);
        masks[0] = {"causal", {}};
        masks[0].second.causal = true;
        masks[1] = {"window 1", {}};
        masks[1].second.window = 1;
        masks[2] = {"window 5", {}};
        masks[2].second.window = 5;
        masks[3] = {"causal window 40", {}};
        masks[3].second.causal = true;
        masks[3].second.window = 40;
        masks[4] = {"window wider than the map", {}};
        masks[4].second.window = std::numeric_limits<Index>::max();
        masks[5] = {"blocked keys", {}};
        masks[5].second.blocked_keys = random_bits(n, 0.3, 1);
        masks[6] = {"all keys blocked", {}};
        masks[6].second.blocked_keys.assign(static_cast<size_t>(n), 1);
        masks[7] = {"blocked queries", {}};
        masks[7].second.blocked_queries = random_bits(n, 0.3, 2);
        masks[8] = {"painted cells", {}};
        masks[8].second.blocked_cells = random_cells(n, n, 60, 3);
        masks[9] = {"one whole row painted", {}};
        for (Index key = 0; key < n; ++key) {
            masks[9].second.blocked_cells.push_back({n / 2, key});
        }
        masks[10] = {"everything at once", {}};
        masks[10].second = {true, n / 2 + 1, random_bits(n, 0.2, 4), random_bits(n, 0.2, 5),
                            random_cells(n, n, 60, 6)};
        for (const auto& [name, mask] : masks) {
            SCOPED_TRACE(testing::Message() << "n " << n << ", " << name);
            HeadEdits edits;
            edits.temperature = 0.7f;
            edits.mask = mask;
            expect_agreement(layer, 0, edits, logits);
        }
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
                    const float expected_sum = layer.scores->log_sum_exp.at(1, i);
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

TEST_F(ScorerTest, HiddenCellsAreMarkedInATexture) {
    const LayerTrace layer = random_layer({1, 1, 35, 35, 24, false}, 1.5, 37);
    // Wider and higher than the map: what lies outside stays as it is.
    const Texture texture = filled_texture(GL_TEXTURE_2D, 40, 37, 1, 7);
    HeadJob job;
    job.layer = &layer;
    job.edits.mask.causal = true;
    job.target.texture = texture.name();
    for (const bool mark : {true, false}) {
        job.mark_hidden = mark;
        const Status status = scorer_->score({&job, 1});
        ASSERT_TRUE(status.ok()) << status.message();
        const auto expected =
            reference_attention(reference_logits(*layer.projections, 0), 35, 35, job.edits);
        const auto texels = texels_of(GL_TEXTURE_2D, texture, 40 * 37);
        for (size_t row = 0; row < 37; ++row) {
            for (size_t key = 0; key < 40; ++key) {
                const float texel = texels[row * 40 + key];
                if (row >= 35 || key >= 35) {
                    ASSERT_EQ(texel, 7);
                } else if (expected.hidden[row * 35 + key]) {
                    ASSERT_EQ(texel, mark ? hidden_mark : 0);
                } else {
                    ASSERT_NEAR(texel, expected.weights[row * 35 + key], 1e-5);
                }
            }
        }
    }
}

TEST_F(ScorerTest, ManyHeadsIntoTheLayersOfATextureArray) {
    constexpr int n = 33, heads = 4;
    const LayerTrace first = random_layer({heads, heads, n, n, 24, false}, 1.5, 41);
    const LayerTrace second = random_layer({heads, 2, n, n, 8, true}, 1.5, 43);
    const Texture texture = filled_texture(GL_TEXTURE_2D_ARRAY, n, n, 2 * heads, 7);
    std::vector<HeadJob> jobs;
    for (int i = 0; i < 2 * heads; ++i) {
        HeadJob job;
        job.layer = i < heads ? &first : &second;
        job.head = i % heads;
        job.edits.temperature = 0.5f + 0.25f * static_cast<float>(i);
        job.edits.mask.window = i;
        if (i == 5) job.edits.mask.blocked_keys = random_bits(n, 0.5, 47);
        job.target = {texture.name(), 2 * heads - 1 - i};
        jobs.push_back(job);
    }
    const Status status = scorer_->score(jobs);
    ASSERT_TRUE(status.ok()) << status.message();
    const auto texels = texels_of(GL_TEXTURE_2D_ARRAY, texture, n * n * 2 * heads);
    for (const HeadJob& job : jobs) {
        SCOPED_TRACE(job.target.layer);
        const auto expected = reference_attention(
            reference_logits(*job.layer->projections, job.head), n, n, job.edits);
        for (size_t i = 0; i < n * n; ++i) {
            const float texel = texels[static_cast<size_t>(job.target.layer) * n * n + i];
            ASSERT_NEAR(texel, expected.hidden[i] ? hidden_mark : expected.weights[i], 1e-5);
        }
    }
}

TEST_F(ScorerTest, QueriesAndKeysAreUploadedOnceWhileTheirLayerLives) {
    const std::size_t bytes_before = scorer_->upload_count().bytes;
    {
        const LayerTrace layer = random_layer({2, 2, 20, 20, 16, false}, 1.5, 53);
        const std::size_t before = scorer_->upload_count().uploads;
        for (const float temperature : {0.5f, 1.f, 2.f}) {
            HeadJob job;
            job.layer = &layer;
            job.head = temperature == 1.f ? 1 : 0;
            job.edits.temperature = temperature;
            ASSERT_TRUE(scorer_->score_and_read(job, nullptr).ok());
        }
        EXPECT_EQ(scorer_->upload_count().uploads, before + 1);
    }
    // The next layer may well lie at the address of the last.
    const LayerTrace other = random_layer({2, 2, 20, 20, 16, false}, 1.5, 59);
    expect_agreement(other, 0, {});
    EXPECT_LE(scorer_->upload_count().bytes, bytes_before + 2 * 2 * 20 * 16 * 4 + 512);
}

TEST_F(ScorerTest, NothingStaysBound) {
    const LayerTrace layer = random_layer({1, 1, 10, 10, 16, false}, 1.5, 61);
    HeadJob job;
    job.layer = &layer;
    std::vector<float> weights;
    ASSERT_TRUE(scorer_->score_and_read(job, &weights).ok());
    for (const GLenum name : {GL_CURRENT_PROGRAM, GL_SHADER_STORAGE_BUFFER_BINDING,
                              GL_TEXTURE_BINDING_2D, GL_TEXTURE_BINDING_2D_ARRAY}) {
        GLint bound = -1;
        glGetIntegerv(name, &bound);
        EXPECT_EQ(bound, 0) << name;
    }
    for (GLuint i = 0; i < 6; ++i) {
        GLint bound = -1;
        glGetIntegeri_v(GL_SHADER_STORAGE_BUFFER_BINDING, i, &bound);
        EXPECT_EQ(bound, 0) << i;
    }
}

TEST_F(ScorerTest, WrongJobsAreRefusedWithASentence) {
    const LayerTrace layer = random_layer({2, 2, 10, 10, 16, false}, 1.5, 67);
    const Texture fits = filled_texture(GL_TEXTURE_2D, 10, 10, 1, 0);
    const Texture small = filled_texture(GL_TEXTURE_2D, 9, 10, 1, 0);
    const Texture array = filled_texture(GL_TEXTURE_2D_ARRAY, 10, 10, 2, 0);
    HeadJob good;
    good.layer = &layer;
    good.target.texture = fits.name();
    ASSERT_TRUE(scorer_->score({&good, 1}).ok());

    const auto refused = [&](auto spoil, const char* part) {
        HeadJob job = good;
        spoil(job);
        const Status status = scorer_->score({&job, 1});
        ASSERT_FALSE(status.ok()) << part;
        EXPECT_NE(status.message().find(part), std::string::npos) << status.message();
    };
    refused([](HeadJob& job) { job.head = 2; }, "head 2 of 2");
    refused([](HeadJob& job) { job.layer = nullptr; }, "without its queries");
    refused([](HeadJob& job) { job.edits.temperature = 0; }, "temperature is 0");
    refused([](HeadJob& job) { job.edits.temperature = std::nanf(""); }, "temperature is nan");
    refused([](HeadJob& job) { job.target.texture = 0; }, "no texture");
    refused([&](HeadJob& job) { job.target.texture = small.name(); }, "10 x 9 texels");
    refused([&](HeadJob& job) { job.target = {array.name(), 2}; }, "layer 2 of a texture of 2");
    refused([](HeadJob& job) { job.edits.mask.blocked_keys.assign(9, 0); }, "9 keys");
    refused([](HeadJob& job) { job.edits.mask.blocked_queries.assign(11, 0); }, "11 queries");
    refused([](HeadJob& job) { job.edits.mask.blocked_cells = {{3, 10}}; }, "query 3 and key 10");
    refused([](HeadJob& job) { job.edits.mask.window = -1; }, "window is -1");
}

TEST_F(ScorerTest, AnEmptyMapIsNoWork) {
    const LayerTrace layer = random_layer({1, 1, 0, 0, 16, false}, 1.5, 71);
    HeadJob job;
    job.layer = &layer;
    EXPECT_TRUE(scorer_->score({&job, 1}).ok());
    EXPECT_TRUE(scorer_->score({}).ok());
}

TEST_F(ScorerTest, ABrokenShaderIsNamed) {
    const auto folder =
        std::filesystem::temp_directory_path() /
        ("fovea_shader_test_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()));
    std::filesystem::create_directories(folder);
    setenv("FOVEA_SHADER_DIR", folder.c_str(), 1);
    const auto message_for = [&](const char* text) {
        std::ofstream(folder / "score.comp") << text;
        const auto scorer = Scorer::create();
        return scorer.ok() ? std::string("no error") : scorer.message();
    };
    const std::string nonsense = message_for("void main() { nonsense; }");
    const std::string loose = message_for(
        "layout(local_size_x = 1) in;\nuniform float forgotten;\n"
        "layout(std430, binding = 0) buffer B { float x; };\nvoid main() { x = forgotten; }");
    std::filesystem::remove_all(folder);
    const auto absent = Scorer::create();
    unsetenv("FOVEA_SHADER_DIR");
    EXPECT_NE(nonsense.find("score.comp does not compile"), std::string::npos) << nonsense;
    EXPECT_NE(loose.find("nothing sets its uniform forgotten"), std::string::npos) << loose;
    ASSERT_FALSE(absent.ok());
    EXPECT_NE(absent.message().find("FOVEA_SHADER_DIR"), std::string::npos) << absent.message();
}

}  // namespace
}  // namespace fovea::gpu
