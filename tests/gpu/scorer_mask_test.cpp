#include "tests/gpu/gpu_test.h"

namespace fovea::gpu {
namespace {

using ScorerMaskTest = GpuTest;

TEST_F(ScorerMaskTest, EveryMaskAtEveryLength) {
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

TEST_F(ScorerMaskTest, HiddenCellsAreMarkedInATexture) {
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

}  // namespace
}  // namespace fovea::gpu
