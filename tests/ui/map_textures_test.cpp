#include "app/maps/map_textures.h"

#include <gtest/gtest.h>

#include "tests/ui/map_on_gpu.h"
#include "tests/ui/picture_fixture.h"
#include "tests/ui/zoom_into_map.h"

namespace fovea::app {
namespace {

using MapTexturesTest = PictureTest;

TEST_F(MapTexturesTest, TheScorersTextureHidesWhatTheMaskHides) {
    auto scorer = gpu::Scorer::create();
    if (!scorer) GTEST_SKIP() << scorer.message();
    ScoredMap map(*std::move(scorer));
    MapTextures& maps = map.maps;
    MapPicture& picture = map.picture;
    picture.region = {4, 9, 0, 5};
    const MapPieces shown = maps.look(picture, 100, 100);
    ASSERT_EQ(shown.pieces.size(), 1u);
    const MapTexture* texture = &shown.pieces[0].texture;
    EXPECT_EQ(shown.pieces[0].part, picture.region);
    EXPECT_EQ(texture->region, whole_map(*picture.layer));  // made whole, zoomed for nothing
    const std::vector<float> values = cells_of(*texture);
    ASSERT_EQ(values.size(), 33u * 33);
    const Tensor weights = head_map(*picture.layer, 1, Quantity::weights, texture->region);
    for (Index q = 0; q < 33; ++q) {
        for (Index k = 0; k < 33; ++k) {
            const float value = values[static_cast<size_t>(q * 33 + k)];
            if (k > q || (q == 5 && k == 2)) {
                EXPECT_LT(value, texture->hidden_below);
            } else {
                EXPECT_NEAR(value, weights.at(q, k), 1e-5);
            }
        }
    }
    EXPECT_EQ(maps.look(picture, 50, 50).pieces[0].texture.name, texture->name);  // kept
    EXPECT_TRUE(maps.failure().empty());
}

TEST_F(MapTexturesTest, AMapLargerThanTheScreenIsPooledToIt) {
    TraceShape shape;
    shape.layers = shape.heads = 1;
    shape.tokens = 700;
    const auto trace = made_up_trace(shape);
    MapCache cache;
    MapTextures maps(cache, jobs_);
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.region = whole_map(*picture.layer);
    const MapPieces shown = maps.look(picture, 100, 100);
    ASSERT_EQ(shown.pieces.size(), 1u);
    EXPECT_EQ(shown.pieces[0].texture.rows, 100);
    EXPECT_EQ(shown.pieces[0].texture.columns, 100);
    EXPECT_TRUE(maps.settled());
    // A part that fits the screen is exact.
    picture.region = {10, 60, 300, 350};
    const MapPieces part = maps.look(picture, 100, 100);
    ASSERT_EQ(part.pieces.size(), 1u);
    EXPECT_EQ(part.pieces[0].texture.rows, 50);
}

TEST_F(MapTexturesTest, ALongMapIsThereAtOnceAndRefinedInTheBackground) {
    const auto trace = made_up_trace(one_causal_head(3000, 16));
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.region = whole_map(*picture.layer);
    ColourScale scale;
    scale.map = ColourMap::greys;
    const auto show = [&] {
        return draw([&](ImDrawList* list) {
            textures_->draw_map(list, picture, {20, 20}, {220, 220}, scale, {veil, 0, 0});
        });
    };
    const auto shows_map = [&](const Pixels& pixels, const Tensor& pooled, int tolerance) {
        int wrong = 0;
        for (Index r = 0; r < 200; ++r)
            for (Index c = 0; c < 200; ++c) {
                const ImU32 shown =
                    pixels.at(static_cast<float>(20 + c), static_cast<float>(20 + r));
                const ImU32 expected = c > r ? veil : colour_of(scale, pooled.at(r, c));
                wrong += distance(shown, expected) > tolerance;
            }
        return wrong;
    };
    const Pixels first = show();
    EXPECT_TRUE(textures_->map_is_pooled());
    for (Index r = 0; r < 200; ++r)
        for (Index c = 0; c < 200; ++c)
            ASSERT_NE(first.at(static_cast<float>(20 + c), static_cast<float>(20 + r)), paper);
    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
        picture.pooling = pooling;
        Pixels last = show();
        while (!textures_->settled()) {
            textures_->take_news();
            last = show();
        }
        const Tensor pooled = pooled_head_map(*picture.layer, 0, Quantity::weights, picture.region,
                                              200, 200, pooling);
        EXPECT_EQ(shows_map(last, pooled, one_step), 0);
        if (pooling == Pooling::largest) {
            EXPECT_GT(shows_map(first, pooled, one_step), 0);
        }
        EXPECT_EQ(show().bytes, last.bytes);
    }
}

// From the whole map to a few cells.
TEST_F(MapTexturesTest, ZoomingInto8192TokensHardlyCostsAFrame) {
    MapCache cache;
    MapTextures maps(cache, jobs_);
    const FrameCosts costs = zoom_into_map(
        8,
        [&](const MapPicture& picture) {
            maps.tidy();
            maps.take_news();
            Index covered = 0;
            for (const auto& piece : maps.look(picture, 700, 700).pieces)
                covered += piece.part.rows() * piece.part.columns();
            return covered;
        },
        glFinish);
    EXPECT_LT(costs.median, whole_map_milliseconds() / 20);
}

}  // namespace
}  // namespace fovea::app
