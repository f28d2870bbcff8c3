#pragma once

#include <epoxy/gl.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/gpu/gl.h"
#include "engine/gpu/headless_context.h"
#include "engine/gpu/scorer.h"
#include "tests/gpu/reference_attention.h"

namespace fovea::gpu {

using test::LayerShape;
using test::random_layer;
using test::reference_attention;
using test::reference_logits;

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr Index lengths[] = {1, 7, 33, 257, 1000};

/// One context for all tests; each skips with a sentence where the machine has no OpenGL 4.3.
class GpuTest : public testing::Test {
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

inline std::vector<std::uint8_t> random_bits(Index count, double share, unsigned seed) {
    std::mt19937 random(seed);
    std::bernoulli_distribution blocked(share);
    std::vector<std::uint8_t> bits(static_cast<size_t>(count));
    for (auto& bit : bits)
        bit = blocked(random);
    return bits;
}

inline std::vector<Cell> random_cells(Index queries, Index keys, int count, unsigned seed) {
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
inline Texture filled_texture(GLenum target, int width, int height, int layers, float value) {
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

inline std::vector<float> texels_of(GLenum target, const Texture& texture, size_t count) {
    std::vector<float> texels(count);
    glBindTexture(target, texture.name());
    glGetTexImage(target, 0, GL_RED, GL_FLOAT, texels.data());
    glBindTexture(target, 0);
    return texels;
}

}  // namespace fovea::gpu
