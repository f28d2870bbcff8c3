#include "engine/gpu/sliced_work.h"

#include "engine/gpu/gl_reports.h"
#include "engine/gpu/map_pooler.h"
#include "engine/trace/score.h"
#include "tests/gpu/gpu_test.h"

namespace fovea::gpu {
namespace {

constexpr Index n = 1200;
constexpr int side = 48;

class SlicedWorkTest : public GpuTest {
  protected:
    static LayerTrace layer() {
        LayerTrace layer = random_layer({2, 2, n, n, 64, false}, 1, 3);
        layer.edits.resize(2);
        layer.edits[1].mask.causal = true;
        layer.scores = std::make_shared<HeadScores>(
            score_heads({*layer.projections, layer.edits, false}, CancelToken{}));
        return layer;
    }
    static std::unique_ptr<SlicedWork> scoring(const LayerTrace& layer, const Texture& texture) {
        HeadJob job;
        job.layer = &layer;
        job.head = 1;
        job.edits = layer.edits[1];
        job.target.texture = texture.name();
        auto work = scorer_->begin({&job, 1});
        EXPECT_TRUE(work.ok()) << work.message();
        return work ? *std::move(work) : nullptr;
    }
    static std::unique_ptr<SlicedWork> pooling(const LayerTrace& layer, const Texture& texture) {
        PoolJob job;
        job.layer = &layer;
        job.head = 1;
        job.region = {0, n, 0, n};
        job.rows = job.columns = side;
        job.texture = texture.name();
        auto work = MapPooler(scorer_->device()).begin(job);
        EXPECT_TRUE(work.ok()) << work.message();
        return work ? *std::move(work) : nullptr;
    }
    /// Steps until done; how many steps queued something.
    static int run(SlicedWork& work, double budget_ms) {
        int steps = 0;
        double before = 0;
        for (int step = 0; step < 100000; ++step) {
            const auto done = work.step(budget_ms);
            EXPECT_TRUE(done.ok()) << done.message();
            if (!done) break;
            EXPECT_GE(work.done(), before);
            EXPECT_EQ(*done, work.done() > 1 - 1e-9);
            steps += work.done() > before;
            before = work.done();
            if (*done) break;
        }
        EXPECT_DOUBLE_EQ(before, 1);
        return steps;
    }
};

TEST_F(SlicedWorkTest, ALongJobTakesSeveralStepsAndComesOutTheSame) {
    const LayerTrace layer = this->layer();
    const Texture whole = filled_texture(GL_TEXTURE_2D, n, n, 1, 7);
    const Texture sliced = filled_texture(GL_TEXTURE_2D, n, n, 1, 7);
    ASSERT_TRUE(scoring(layer, whole)->finish().ok());
    EXPECT_GE(run(*scoring(layer, sliced), 0.01), 3);
    EXPECT_EQ(texels_of(GL_TEXTURE_2D, whole, n * n), texels_of(GL_TEXTURE_2D, sliced, n * n));

    const Texture whole_pool = filled_texture(GL_TEXTURE_2D, side, side, 1, 7);
    const Texture sliced_pool = filled_texture(GL_TEXTURE_2D, side, side, 1, 7);
    ASSERT_TRUE(pooling(layer, whole_pool)->finish().ok());
    EXPECT_GE(run(*pooling(layer, sliced_pool), 0.01), 3);
    EXPECT_EQ(texels_of(GL_TEXTURE_2D, whole_pool, side * side),
              texels_of(GL_TEXTURE_2D, sliced_pool, side * side));
}

TEST_F(SlicedWorkTest, RowsArriveFromTheTopAndAJobCanBeGivenUp) {
    const LayerTrace layer = this->layer();
    const Texture texture = filled_texture(GL_TEXTURE_2D, n, n, 1, 7);
    {
        const auto work = scoring(layer, texture);
        while (work->done() == 0)
            ASSERT_TRUE(work->step(0.01).ok());
        EXPECT_LT(work->done(), 1);
    }
    const auto texels = texels_of(GL_TEXTURE_2D, texture, n * n);
    EXPECT_NEAR(texels[0], 1, 1e-6) << "the first of a causal head looks at itself";
    EXPECT_EQ(texels.back(), 7) << "the last row was never asked for";
    // The next job is none the worse for it.
    EXPECT_GE(run(*scoring(layer, texture), 1), 1);
    EXPECT_NE(texels_of(GL_TEXTURE_2D, texture, n * n).back(), 7);
}

TEST_F(SlicedWorkTest, AJobOutlivesItsLayer) {
    const Texture kept = filled_texture(GL_TEXTURE_2D, side, side, 1, 7);
    const Texture alone = filled_texture(GL_TEXTURE_2D, side, side, 1, 7);
    auto layer = std::make_unique<LayerTrace>(this->layer());
    ASSERT_TRUE(pooling(*layer, kept)->finish().ok());
    const auto work = pooling(*layer, alone);
    layer.reset();
    run(*work, 1);
    EXPECT_EQ(texels_of(GL_TEXTURE_2D, kept, side * side),
              texels_of(GL_TEXTURE_2D, alone, side * side));
}

TEST_F(SlicedWorkTest, WithoutMemoryOrContextAStepSaysSo) {
    const LayerTrace layer = this->layer();
    const Texture texture = filled_texture(GL_TEXTURE_2D, side, side, 1, 7);
    const auto work = pooling(layer, texture);
    gl_reports().reset_status = [] { return GLenum{GL_GUILTY_CONTEXT_RESET}; };
    const auto lost = work->step(1);
    gl_reports() = driver_reports();
    ASSERT_FALSE(lost.ok());
    EXPECT_NE(lost.message().find("the driver reset the GPU"), std::string::npos) << lost.message();
    const auto starved = [&] {
        gl_reports().error = [] { return GLenum{GL_OUT_OF_MEMORY}; };
        const auto step = work->step(1);
        gl_reports() = driver_reports();
        return step.ok() ? std::string() : step.message();
    }();
    EXPECT_NE(starved.find("out of memory"), std::string::npos) << starved;
}

}  // namespace
}  // namespace fovea::gpu
