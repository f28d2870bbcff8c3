#include "app/render/gpu_tiles.h"

#include <gtest/gtest.h>

#include <limits>

#include "app/render/colour_scale.h"
#include "engine/gpu/gl_reports.h"
#include "engine/gpu/headless_context.h"
#include "tests/ui/map_on_gpu.h"

namespace fovea::app {
namespace {

constexpr Index tokens = 700;

class GpuTilesTest : public testing::Test {
  protected:
    void SetUp() override {
        auto context = gpu::HeadlessContext::create();
        if (!context) GTEST_SKIP() << context.message();
        context_ = *std::move(context);
        auto device = gpu::ComputeDevice::create();
        if (!device) GTEST_SKIP() << device.message();
        device_ = *std::move(device);
        tiles_ = std::make_unique<GpuTiles>(device_);
        TraceShape shape = causal_shape(tokens);
        shape.layers = shape.heads = 1;
        trace_ = made_up_trace(shape);
        picture_.layer = trace_->layers[0];
        picture_.region = whole_map(*picture_.layer);
    }
    void TearDown() override {
        tiles_.reset();  // its textures are the context's
        device_.reset();
    }

    /// Looks, a frame at a time, until all is there.
    GpuTiles::View settle(Index rows, Index columns) {
        for (int frame = 0; frame < 10000; ++frame) {
            tiles_->tidy();
            auto view = tiles_->look(picture_, rows, columns);
            EXPECT_TRUE(view.ok()) << view.message();
            if (!view || view->missing.empty()) return view ? *std::move(view) : GpuTiles::View{};
            EXPECT_TRUE(tiles_->take_unfinished());
            EXPECT_FALSE(tiles_->unfinished());
        }
        ADD_FAILURE() << "never finished";
        return {};
    }

    /// Every piece as the CPU makes it; together, the region.
    void expect_cells(const GpuTiles::View& view) const {
        Index covered = 0;
        for (const auto& [texture, part] : view.pieces) {
            covered += part.rows() * part.columns();
            MapPicture picture = picture_;
            picture.region = texture.region;
            const CellGrid expected = make_cells(picture, texture.rows, texture.columns);
            const auto cells = cells_of(texture);
            ASSERT_EQ(cells.size(), static_cast<size_t>(expected.values.size()));
            for (size_t i = 0; i < cells.size(); ++i) {
                const float value = expected.values.data()[i];
                if (value == hidden_cell) {
                    ASSERT_LT(cells[i], texture.hidden_below) << i;
                } else {
                    ASSERT_NEAR(cells[i], value, 1e-5) << i;
                }
            }
        }
        EXPECT_EQ(covered, picture_.region.rows() * picture_.region.columns());
    }

    std::unique_ptr<gpu::HeadlessContext> context_;
    std::shared_ptr<gpu::ComputeDevice> device_;
    std::unique_ptr<GpuTiles> tiles_;
    std::shared_ptr<const Trace> trace_;
    MapPicture picture_;
};

TEST_F(GpuTilesTest, AreTheCpusTilesAtEveryZoom) {
    expect_cells(settle(100, 90));
    picture_.region = {300, 620, 10, 500};
    expect_cells(settle(160, 1000));
    picture_.region = {640, 700, 640, 700};
    expect_cells(settle(500, 500));
}

TEST_F(GpuTilesTest, ThatWereMadeAreNotMadeAgain) {
    picture_.region = {0, 256, 0, 256};
    const unsigned name = settle(256, 256).pieces.at(0).texture.name;
    picture_.region = {20, 276, 0, 256};
    bool there = false;
    for (const auto& piece : settle(256, 256).pieces)
        there = there || piece.texture.name == name;
    EXPECT_TRUE(there);
}

TEST_F(GpuTilesTest, NobodyLooksAtAreGivenUp) {
    tiles_->tidy();
    const auto first = tiles_->look(picture_, 700, 700);
    ASSERT_TRUE(first.ok()) << first.message();
    ASSERT_FALSE(first->missing.empty()) << "nine tiles in one frame of a software renderer";
    EXPECT_TRUE(tiles_->take_unfinished());
    // A frame without a look, then another part of the map.
    tiles_->tidy();
    tiles_->tidy();
    EXPECT_FALSE(tiles_->unfinished());
    picture_.region = {0, 100, 0, 100};
    expect_cells(settle(100, 100));
}

TEST_F(GpuTilesTest, WithoutTheContextThereIsAnError) {
    gpu::gl_reports().reset_status = [] { return GLenum{GL_GUILTY_CONTEXT_RESET}; };
    const auto view = tiles_->look(picture_, 100, 100);
    gpu::gl_reports() = gpu::driver_reports();
    ASSERT_FALSE(view.ok());
    EXPECT_NE(view.message().find("reset the GPU"), std::string::npos) << view.message();
}

// Through the textures of the window: at once something, then all of it from the GPU.
TEST_F(GpuTilesTest, LongMapsComeFromTheGpuWhereItScores) {
    auto scorer = gpu::Scorer::create();
    ASSERT_TRUE(scorer.ok()) << scorer.message();
    TraceShape shape = causal_shape(1300);
    shape.layers = shape.heads = 1;
    trace_ = made_up_trace(shape);
    picture_.layer = trace_->layers[0];
    picture_.region = whole_map(*picture_.layer);
    MapCache cache;
    MapTextures maps(cache);
    maps.use_scorer(*std::move(scorer));
    GpuTiles::View view;
    for (int frame = 0; frame < 10000; ++frame) {
        maps.tidy();
        const MapPieces pieces = maps.look(picture_, 300, 300);
        ASSERT_TRUE(maps.has_scorer()) << maps.failure();
        Index covered = 0;
        view.pieces.clear();
        for (const auto& piece : pieces.pieces) {
            covered += piece.part.rows() * piece.part.columns();
            view.pieces.push_back({piece.texture, piece.part});
        }
        ASSERT_EQ(covered, 1300 * 1300) << "frame " << frame;
        EXPECT_EQ(pieces.low, 0);
        if (maps.settled()) break;
        EXPECT_TRUE(maps.take_news());
    }
    ASSERT_TRUE(maps.settled());
    expect_cells(view);
}

}  // namespace
}  // namespace fovea::app
