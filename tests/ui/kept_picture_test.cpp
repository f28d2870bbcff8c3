#include "app/shell/kept_picture.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "app/gl/fill.h"
#include "tests/ui/made_up_trace.h"
#include "tests/ui/picture_fixture.h"

namespace fovea::app {
namespace {

/// The same picture drawn whole, and kept from the frames before.
class KeptPictureTest : public PictureTest {
  protected:
    /// True where something was drawn. What is kept is always what a whole drawing shows.
    bool frame(const std::function<void(ImDrawList*)>& picture) {
        const Pixels whole = draw(picture);
        const auto drawn = kept_.draw(width, height, paper);
        EXPECT_TRUE(drawn.ok()) << drawn.message();
        Pixels pixels;
        pixels.bytes.resize(whole.bytes.size());
        glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.bytes.data());
        EXPECT_TRUE(pixels.bytes ==
                    whole.bytes);  // a third of a million numbers: none of them shown
        return drawn && *drawn;
    }
    void TearDown() override {
        kept_ = KeptPicture();  // its framebuffer is the context's
        PictureTest::TearDown();
    }

    KeptPicture kept_;
};

TEST_F(KeptPictureTest, WhatDidNotChangeIsNotDrawn) {
    const auto box = [](float left) {
        return [left](ImDrawList* list) {
            list->AddRectFilled({left, 100}, {left + 9, 120}, veil, 4);
        };
    };
    EXPECT_TRUE(frame(box(10)));
    EXPECT_FALSE(frame(box(10)));
    EXPECT_TRUE(frame(box(200.5f)));
    EXPECT_FALSE(frame(box(200.5f)));
    kept_.forget();
    EXPECT_TRUE(frame(box(200.5f)));
}

TEST_F(KeptPictureTest, NothingBeyondAChangedAreaIsTouched) {
    const auto box = [](ImDrawList* list, float left) {
        list->AddRectFilled({left, 100}, {left + 9, 120}, veil);
    };
    frame([&](ImDrawList* list) { box(list, 10), box(list, 200); });
    // Painted over behind its back: what is left of it was not drawn again.
    glEnable(GL_SCISSOR_TEST);
    glScissor(0, 0, 64, height);
    glClearColor(1, 0, 1, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    glDisable(GL_SCISSOR_TEST);
    draw([&](ImDrawList* list) { box(list, 10), box(list, 220); });
    ASSERT_TRUE(kept_.draw(width, height, paper).ok());
    Pixels pixels;
    pixels.bytes.resize(size_t{width} * height * 4);
    glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.bytes.data());
    EXPECT_EQ(pixels.at(12, 110), IM_COL32(255, 0, 255, 255));
    EXPECT_EQ(pixels.at(202, 110), paper);
    EXPECT_EQ(pixels.at(222, 110), veil);
}

// Boxes with soft edges that let what is below show through, lines across, areas that are cleared,
// clipped all of them; a few change from frame to frame.
TEST_F(KeptPictureTest, IsWhatAWholeDrawingShows) {
    std::mt19937 random(7);
    const auto number = [&](float below) {
        return std::uniform_real_distribution<float>(0, below)(random);
    };
    struct Shape {
        int kind;
        std::array<float, 4> at;
        ImU32 colour;
    };
    const auto make = [&] {
        return Shape{static_cast<int>(number(4)),
                     {number(width), number(height), number(90), number(60)},
                     IM_COL32(number(255), number(255), number(255), 40 + number(215))};
    };
    std::vector<Shape> shapes;
    for (int i = 0; i < 60; ++i)
        shapes.push_back(make());
    int drawn = 0;
    for (int step = 0; step < 40; ++step) {
        for (int change = 0; change < step % 3; ++change)
            shapes[static_cast<size_t>(number(60))] = make();
        drawn += frame([&](ImDrawList* list) {
            for (const Shape& shape : shapes) {
                const auto [x, y, w, h] = shape.at;
                list->PushClipRect({x - 20, y - 20}, {x + 50, y + 40}, true);
                if (shape.kind == 0) list->AddRectFilled({x, y}, {x + w, y + h}, shape.colour, 6);
                if (shape.kind == 1) list->AddLine({x, y}, {x + w, y - h}, shape.colour, 1.7f);
                if (shape.kind == 2)
                    fill_area(list, {std::floor(x), std::floor(y)},
                              {std::floor(x + w), std::floor(y + h)}, shape.colour | 0xff000000);
                if (shape.kind == 3) list->AddText({x, y}, shape.colour, "weight 0.25");
                list->PopClipRect();
            }
        });
    }
    EXPECT_GE(drawn, 24);
    EXPECT_LE(drawn, 30);  // of 40, 13 or 14 were told to change nothing
}

// What a map shows is not in ImGui's lists.
TEST_F(KeptPictureTest, MapsAndThumbnailsAreDrawnAgainWhenTheyChange) {
    TraceShape shape;
    shape.tokens = 40;
    const auto trace = made_up_trace(shape), other = made_up_trace(shape, 2);
    MapPicture picture;
    ColourScale scale;
    HeadTile tile{0, 0, {220, 10}, {300, 90}};
    const auto show = [&](const std::shared_ptr<const Trace>& shown, Index head) {
        textures_->show_trace(shown);
        picture.layer = shown->layers[0];
        picture.head = head;
        picture.region = whole_map(*picture.layer);
        return frame([&](ImDrawList* list) {
            textures_->draw_map(list, picture, {20, 20}, {200, 200}, scale, {veil, 0, 0});
            textures_->draw_heads(list, {&tile, 1}, scale);
        });
    };
    EXPECT_TRUE(show(trace, 0));
    EXPECT_FALSE(show(trace, 0));
    EXPECT_TRUE(show(trace, 1));
    EXPECT_TRUE(show(other, 1));
    scale.map = ColourMap::magma;
    EXPECT_TRUE(show(other, 1));
    tile.head = 2;
    EXPECT_TRUE(show(other, 1));
    EXPECT_FALSE(show(other, 1));
}

}  // namespace
}  // namespace fovea::app
