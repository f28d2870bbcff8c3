#include <cstdlib>
#include <fstream>

#include "tests/engine/temporary_folder.h"
#include "tests/gpu/gpu_test.h"

namespace fovea::gpu {
namespace {

using ScorerContextTest = GpuTest;

TEST_F(ScorerContextTest, ManyHeadsIntoTheLayersOfATextureArray) {
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

TEST_F(ScorerContextTest, QueriesAndKeysAreUploadedOnceWhileTheirLayerLives) {
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

TEST_F(ScorerContextTest, NothingStaysBound) {
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

TEST_F(ScorerContextTest, WrongJobsAreRefusedWithASentence) {
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

TEST_F(ScorerContextTest, AnEmptyMapIsNoWork) {
    const LayerTrace layer = random_layer({1, 1, 0, 0, 16, false}, 1.5, 71);
    HeadJob job;
    job.layer = &layer;
    EXPECT_TRUE(scorer_->score({&job, 1}).ok());
    EXPECT_TRUE(scorer_->score({}).ok());
}

TEST_F(ScorerContextTest, ABrokenShaderIsNamed) {
    const test::TemporaryFolder folder;
    setenv("FOVEA_SHADER_DIR", folder.path().c_str(), 1);
    const auto message_for = [&](const char* text) {
        std::ofstream(folder / "attention.glsl");
        std::ofstream(folder / "score.comp") << text;
        const auto scorer = Scorer::create();
        return scorer.ok() ? std::string("no error") : scorer.message();
    };
    const std::string nonsense = message_for("void main() { nonsense; }");
    const std::string loose = message_for(
        "layout(local_size_x = 1) in;\nuniform float forgotten;\n"
        "layout(std430, binding = 0) buffer B { float x; };\nvoid main() { x = forgotten; }");
    std::filesystem::remove(folder / "score.comp");
    const auto absent = Scorer::create();
    unsetenv("FOVEA_SHADER_DIR");
    EXPECT_NE(nonsense.find("score.comp does not compile"), std::string::npos) << nonsense;
    EXPECT_NE(loose.find("nothing sets its uniform forgotten"), std::string::npos) << loose;
    ASSERT_FALSE(absent.ok());
    EXPECT_NE(absent.message().find("FOVEA_SHADER_DIR"), std::string::npos) << absent.message();
}

}  // namespace
}  // namespace fovea::gpu
