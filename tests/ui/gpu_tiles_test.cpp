#include "app/maps/gpu_tiles.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <thread>

#include "app/maps/colour_scale.h"
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

    /// Looks, a frame at a time, until all is there and has come back.
    GpuTiles::View settle(Index rows, Index columns) {
        for (int frame = 0; frame < 10000; ++frame) {
            tiles_->tidy();
            auto view = tiles_->look(picture_, rows, columns);
            EXPECT_TRUE(view.ok()) << view.message();
            if (!view) break;
            if (!view->cells.empty()) return *std::move(view);
            EXPECT_TRUE(tiles_->take_unfinished());
            EXPECT_FALSE(tiles_->unfinished());
        }
        ADD_FAILURE() << "never finished";
        return {};
    }

    /// Every piece as the CPU makes it; together, the region.
    void expect_cells(const std::vector<GpuTiles::Piece>& pieces) const {
        Index covered = 0;
        for (const auto& [texture, part] : pieces) {
            covered += area(part);
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
        EXPECT_EQ(covered, area(picture_.region));
    }

    /// The smallest and the largest of what the CPU makes of the parts in view.
    void expect_range(const std::vector<SeenCells>& seen) const {
        for (const auto& [cells, part] : seen) {
            MapPicture picture = picture_;
            picture.region = cells->region;
            const auto expected = range_of(
                make_cells(picture, cells->values.extent(0), cells->values.extent(1)), part);
            const auto range = range_of(*cells, part);
            ASSERT_EQ(range.has_value(), expected.has_value());
            if (!range) continue;
            EXPECT_NEAR(range->low, expected->low, 1e-5);
            EXPECT_NEAR(range->high, expected->high, 1e-5);
        }
    }

    std::unique_ptr<gpu::HeadlessContext> context_;
    std::shared_ptr<gpu::ComputeDevice> device_;
    std::unique_ptr<GpuTiles> tiles_;
    std::shared_ptr<const Trace> trace_;
    MapPicture picture_;
};

TEST_F(GpuTilesTest, AreTheCpusTilesAtEveryZoom) {
    struct Look {
        MapRegion region;
        Index rows, columns;
    };
    const Look looks[] = {{whole_map(*picture_.layer), 100, 90},
                          {{300, 620, 10, 500}, 160, 1000},
                          {{640, 700, 640, 700}, 500, 500}};
    for (const Pooling pooling : {Pooling::largest, Pooling::mean})
        for (const Look& look : looks) {
            picture_.pooling = pooling;
            picture_.region = look.region;
            const auto view = settle(look.rows, look.columns);
            expect_cells(view.pieces);
            ASSERT_EQ(view.cells.size(), view.pieces.size());
            expect_range(view.cells);
        }
}

TEST_F(GpuTilesTest, ACloserLookBeginsWithWhatIsThere) {
    std::set<unsigned> known;
    for (const auto& piece : settle(100, 100).pieces)
        known.insert(piece.texture.name);
    picture_.region = {100, 600, 50, 600};
    tiles_->tidy();
    const auto closer = tiles_->look(picture_, 500, 500);
    ASSERT_TRUE(closer.ok()) << closer.message();
    EXPECT_FALSE(closer->complete);
    EXPECT_TRUE(closer->missing.empty());
    Index covered = 0, stood_in = 0;
    for (const auto& piece : closer->pieces) {
        covered += area(piece.part);
        stood_in += known.count(piece.texture.name) > 0 ? area(piece.part) : 0;
    }
    EXPECT_EQ(covered, area(picture_.region));
    EXPECT_GT(stood_in, 0);
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
    expect_cells(settle(100, 100).pieces);
}

TEST_F(GpuTilesTest, WithoutTheContextThereIsAnError) {
    gpu::gl_reports().reset_status = [] { return GLenum{GL_GUILTY_CONTEXT_RESET}; };
    const auto view = tiles_->look(picture_, 100, 100);
    gpu::gl_reports() = gpu::driver_reports();
    ASSERT_FALSE(view.ok());
    EXPECT_NE(view.message().find("reset the GPU"), std::string::npos) << view.message();
}

/// Looks, a frame at a time, until nothing more comes; in every frame all of the region is covered.
MapPieces look_until_settled(MapTextures& maps, const MapPicture& picture, Index pixels) {
    MapPieces pieces;
    for (int frame = 0; frame < 10000; ++frame) {
        maps.tidy();
        pieces = maps.look(picture, pixels, pixels);
        Index covered = 0;
        for (const auto& piece : pieces.pieces)
            covered += area(piece.part);
        EXPECT_EQ(covered, area(picture.region)) << "frame " << frame;
        if (maps.settled()) return pieces;
        while (!maps.take_news())
            std::this_thread::yield();
    }
    ADD_FAILURE() << "never settled";
    return pieces;
}

// Through the textures of the window: the cells and the fitted scale are the CPU's, whoever makes
// them. With 64 numbers a head none of these views is quick enough for a frame of the CPU.
TEST_F(GpuTilesTest, LongMapsComeFromTheGpuWhereItScores) {
    auto scorer = gpu::Scorer::create();
    ASSERT_TRUE(scorer.ok()) << scorer.message();
    TraceShape shape = causal_shape(1300);
    shape.layers = shape.heads = 1;
    shape.head_dim = 64;
    trace_ = made_up_trace(shape);
    picture_.layer = trace_->layers[0];
    MapCache cache, other_cache;
    Scheduler jobs([] {});
    MapTextures maps(cache, jobs), of_the_cpu(other_cache, jobs);
    maps.use_scorer(*std::move(scorer));
    const MapRegion regions[] = {{0, 1300, 0, 1300}, {150, 1250, 0, 1000}};
    for (const Pooling pooling : {Pooling::largest, Pooling::mean})
        for (const MapRegion& region : regions) {
            picture_.pooling = pooling;
            picture_.region = region;
            const MapPieces shown = look_until_settled(maps, picture_, 300);
            ASSERT_TRUE(maps.has_scorer()) << maps.failure();
            std::vector<GpuTiles::Piece> pieces;
            for (const auto& piece : shown.pieces) {
                pieces.push_back({piece.texture, piece.part});
                // The compute shader's mark; the CPU has another.
                EXPECT_EQ(piece.texture.hidden_below, 0.5f * gpu::hidden_mark);
            }
            expect_cells(pieces);
            const MapPieces expected = look_until_settled(of_the_cpu, picture_, 300);
            EXPECT_NEAR(shown.low, expected.low, 1e-5);
            EXPECT_NEAR(shown.high, expected.high, 1e-5);
            // The first query sees one key alone.
            EXPECT_LT(shown.high, pooling == Pooling::mean ? 0.5f : 1.1f);
        }
}

// Up to a thousand tokens the GPU scores the whole map at once. Fitted colours are the CPU's all
// the same: of the whole map where that is small, else of what is in view.
TEST_F(GpuTilesTest, AScoredMapIsFittedAsTheCpuFitsIt) {
    for (const Index length : {Index{300}, tokens}) {
        auto scorer = gpu::Scorer::create();
        ASSERT_TRUE(scorer.ok()) << scorer.message();
        TraceShape shape = causal_shape(length);
        shape.layers = shape.heads = 1;
        trace_ = made_up_trace(shape);
        picture_.layer = trace_->layers[0];
        MapCache cache, other_cache;
        Scheduler jobs([] {});
        MapTextures maps(cache, jobs), of_the_cpu(other_cache, jobs);
        maps.use_scorer(*std::move(scorer));
        // The first query sees one key alone: a weight of 1, in view or not.
        for (const MapRegion& region : {whole_map(*picture_.layer), MapRegion{150, 290, 20, 120}}) {
            picture_.region = region;
            const MapPieces shown = look_until_settled(maps, picture_, length);
            ASSERT_TRUE(maps.has_scorer()) << maps.failure();
            ASSERT_EQ(shown.pieces.size(), 1u);
            EXPECT_EQ(shown.pieces[0].texture.region, whole_map(*picture_.layer));
            const MapPieces expected = look_until_settled(of_the_cpu, picture_, length);
            EXPECT_NEAR(shown.low, expected.low, 1e-5) << length;
            EXPECT_NEAR(shown.high, expected.high, 1e-5) << length;
            const bool whole = region == whole_map(*picture_.layer);
            EXPECT_EQ(shown.high > 0.99f, whole || length == 300) << shown.high;
        }
    }
}

}  // namespace
}  // namespace fovea::app
