#include <gtest/gtest.h>

#include <algorithm>

#include "app/gl/fill.h"
#include "tests/ui/map_on_gpu.h"
#include "tests/ui/picture_fixture.h"

namespace fovea::app {
namespace {

using HeadTexturesTest = PictureTest;

TEST_F(HeadTexturesTest, ThumbnailsShowEveryCellInItsColour) {
    const auto trace = made_up_trace(causal_shape(9));
    textures_->show_trace(trace);
    for (const bool logarithmic : {false, true}) {
        ColourScale scale;
        scale.map = logarithmic ? ColourMap::magma : ColourMap::viridis;
        scale.logarithmic = logarithmic;
        const HeadTile tiles[] = {{0, 1, {8, 12}, {8 + 90, 12 + 90}},
                                  {1, 2, {120, 100}, {120 + 45, 100 + 45}}};
        const Pixels pixels =
            draw([&](ImDrawList* list) { textures_->draw_heads(list, tiles, scale, veil); });
        for (const HeadTile& tile : tiles) {
            const Tensor& maps = trace->scores(tile.layer).thumbnails;
            const float cell = (tile.max.x - tile.min.x) / 9;
            for (Index q = 0; q < 9; ++q) {
                for (Index k = 0; k < 9; ++k) {
                    const bool hidden = k > q || (q == 5 && k == 2);
                    const ImU32 expected =
                        hidden ? veil : colour_of(scale, maps.at(tile.head, q, k));
                    const ImU32 shown =
                        pixels.at(tile.min.x + cell * (static_cast<float>(k) + 0.5f),
                                  tile.min.y + cell * (static_cast<float>(q) + 0.5f));
                    EXPECT_LE(distance(shown, expected), one_step)
                        << "layer " << tile.layer << " query " << q << " key " << k;
                }
            }
        }
        EXPECT_EQ(pixels.at(4, 4), paper);
        EXPECT_EQ(pixels.at(110, 60), paper);
    }
}

TEST_F(HeadTexturesTest, OpacityLetsThePaperThroughAndFittingStretches) {
    const auto trace = made_up_trace(causal_shape(9));
    textures_->show_trace(trace);
    ColourScale scale;
    const HeadTile faint{0, 0, {0, 0}, {90, 90}, 0.5f};
    const Pixels pixels = draw([&](ImDrawList* list) {
        textures_->draw_heads(list, {&faint, 1}, scale, veil);
    });
    const ImU32 full = colour_of(scale, 1);  // the first query sees itself alone
    const auto half = [](ImU32 a, ImU32 b, int shift) {
        return (((a >> shift) & 255) + ((b >> shift) & 255)) / 2;
    };
    const ImU32 mixed =
        IM_COL32(half(full, paper, IM_COL32_R_SHIFT), half(full, paper, IM_COL32_G_SHIFT),
                 half(full, paper, IM_COL32_B_SHIFT), 255);
    EXPECT_LE(distance(pixels.at(5, 5), mixed), 2);

    TraceShape open;
    const auto wide = made_up_trace(open);
    textures_->show_trace(wide);
    scale.fitted = true;
    const HeadTile tile{0, 0, {0, 0}, {90, 90}};
    const Pixels fitted = draw([&](ImDrawList* list) {
        textures_->draw_heads(list, {&tile, 1}, scale, veil);
    });
    const auto values = std::span(wide->scores(0).thumbnails.slice(0), 81);
    const auto top = std::max_element(values.begin(), values.end()) - values.begin();
    EXPECT_LE(distance(fitted.at(static_cast<float>(top % 9 * 10 + 5),
                                 static_cast<float>(top / 9 * 10 + 5)),
                       full),
              one_step);
}

TEST_F(HeadTexturesTest, SmallThumbnailsLoseNoPeak) {
    TraceShape shape;
    shape.tokens = 60;
    const auto trace = made_up_trace(shape);
    textures_->show_trace(trace);
    ColourScale scale;
    scale.map = ColourMap::greys;
    const HeadTile tile{1, 1, {10, 10}, {10 + 20, 10 + 20}};  // three cells a pixel
    const Pixels pixels = draw([&](ImDrawList* list) {
        textures_->draw_heads(list, {&tile, 1}, scale, veil);
    });
    const Tensor& maps = trace->scores(1).thumbnails;
    for (Index y = 0; y < 20; ++y) {
        for (Index x = 0; x < 20; ++x) {
            float largest = 0;
            for (Index i = 0; i < 9; ++i)
                largest = std::max(largest, maps.at(1, y * 3 + i / 3, x * 3 + i % 3));
            EXPECT_LE(distance(pixels.at(static_cast<float>(10 + x), static_cast<float>(10 + y)),
                               colour_of(scale, largest)),
                      one_step);
        }
    }
}

TEST_F(HeadTexturesTest, AMapShowsEveryCellOfItsRegion) {
    const auto trace = made_up_trace(causal_shape(12));
    MapPicture picture;
    picture.layer = trace->layers[1];
    picture.head = 2;
    picture.region = {3, 11, 2, 10};
    const Tensor weights = head_map(*picture.layer, 2, Quantity::weights, picture.region);
    MapStyle style{veil, IM_COL32(0, 0, 255, 255), 1};
    const ImVec2 min(16, 24), max(16 + 160, 24 + 160);
    const Pixels pixels = draw([&](ImDrawList* list) {
        textures_->draw_map(list, picture, min, max, ColourScale{}, style);
    });
    for (Index r = 0; r < 8; ++r) {
        for (Index c = 0; c < 8; ++c) {
            const Index query = r + 3, key = c + 2;
            const bool hidden = key > query || (query == 5 && key == 2);
            const ImVec2 corner(min.x + 20 * static_cast<float>(c),
                                min.y + 20 * static_cast<float>(r));
            const ImU32 expected = hidden ? veil : colour_of(ColourScale{}, weights.at(r, c));
            EXPECT_LE(distance(pixels.at(corner.x, corner.y), expected), one_step);
            EXPECT_LE(distance(pixels.at(corner.x + 18, corner.y + 18), expected), one_step);
            EXPECT_EQ(pixels.at(corner.x + 19, corner.y + 5), style.gap);
            EXPECT_EQ(pixels.at(corner.x + 5, corner.y + 19), style.gap);
        }
    }
    EXPECT_EQ(pixels.at(15, 30), paper);
    EXPECT_EQ(pixels.at(176, 30), paper);
}

TEST_F(HeadTexturesTest, ADifferenceIsFittedAroundZero) {
    const auto trace = made_up_trace(causal_shape(8));
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.subtract = trace->layers[1];
    picture.head = 0;
    picture.subtract_head = 1;
    picture.region = whole_map(*picture.layer);
    ColourScale scale;
    scale.diverging = scale.dark = scale.fitted = true;
    ColourScale drawn;
    const Pixels pixels = draw([&](ImDrawList* list) {
        drawn = textures_->draw_map(list, picture, {0, 0}, {80, 80}, scale, {veil, 0, 0});
    });
    EXPECT_EQ(drawn.low, -drawn.high);
    EXPECT_GT(drawn.high, 0);
    const Tensor a = head_map(*picture.layer, 0, Quantity::weights, picture.region);
    const Tensor b = head_map(*picture.subtract, 1, Quantity::weights, picture.region);
    for (Index q = 0; q < 8; ++q) {
        for (Index k = 0; k <= q; ++k) {
            if (q == 5 && k == 2) continue;
            const ImU32 expected = colour_of(drawn, a.at(q, k) - b.at(q, k));
            EXPECT_LE(
                distance(pixels.at(static_cast<float>(10 * k + 5), static_cast<float>(10 * q + 5)),
                         expected),
                one_step);
        }
    }
}

TEST_F(HeadTexturesTest, PaintsInTheOrderOfTheListAndInsideItsClip) {
    const auto trace = made_up_trace(causal_shape(9));
    textures_->show_trace(trace);
    const ImU32 green = IM_COL32(0, 200, 0, 255), white = IM_COL32(255, 255, 255, 255);
    const HeadTile tile{0, 0, {40, 40}, {130, 130}};
    const Pixels pixels = draw([&](ImDrawList* list) {
        fill_area(list, {20, 20}, {200, 200}, green);
        list->PushClipRect({0, 0}, {80, 240});
        textures_->draw_heads(list, {&tile, 1}, ColourScale{}, veil);
        list->PopClipRect();
        list->AddRectFilled({45, 45}, {49, 49}, white);
    });
    EXPECT_EQ(pixels.at(10, 100), paper);
    EXPECT_EQ(pixels.at(25, 25), green);
    EXPECT_EQ(pixels.at(199, 199), green);
    EXPECT_EQ(pixels.at(47, 47), white);  // above the thumbnail, with ImGui's own state again
    EXPECT_EQ(pixels.at(75, 45), veil);   // a hidden cell inside of the clip
    EXPECT_EQ(pixels.at(85, 45), green);  // and one outside
}

}  // namespace
}  // namespace fovea::app
