#include <cmath>

#include "tests/ui/picture_fixture.h"

namespace fovea::app {
namespace {

using BoxPainterTest = PictureTest;

/// How much of a pixel lies in a box with rounded corners, counted at 32 x 32 points.
double covered(const Box& box, double rounding, int x, int y) {
    constexpr int points = 32;
    int inside = 0;
    for (int i = 0; i < points * points; ++i) {
        const double at_x = x + (i % points + 0.5) / points, at_y = y + (i / points + 0.5) / points;
        const double out_x =
            std::max({box.min.x + rounding - at_x, at_x - (box.max.x - rounding), 0.0});
        const double out_y =
            std::max({box.min.y + rounding - at_y, at_y - (box.max.y - rounding), 0.0});
        inside += std::hypot(out_x, out_y) <= rounding;
    }
    return static_cast<double>(inside) / (points * points);
}

ImU32 mixed(ImU32 below, ImU32 above, double share) {
    const auto channel = [&](int shift) {
        const double a = (below >> shift) & 255, b = (above >> shift) & 255;
        return static_cast<int>(std::lround(a + (b - a) * share));
    };
    return IM_COL32(channel(IM_COL32_R_SHIFT), channel(IM_COL32_G_SHIFT), channel(IM_COL32_B_SHIFT),
                    255);
}

TEST_F(BoxPainterTest, FillsWhatABoxCovers) {
    const Box boxes[] = {{{20, 20}, {60, 43}, IM_COL32(230, 200, 20, 255)},
                         {{63, 20}, {72, 43}, IM_COL32(0, 90, 250, 128)},
                         {{100.25f, 30.5f}, {140.75f, 53.5f}, IM_COL32(255, 255, 255, 255)}};
    for (const float rounding : {4.0f, 1.5f, 0.0f}) {
        const Pixels pixels =
            draw([&](ImDrawList* list) { textures_->draw_boxes(list, boxes, rounding); });
        for (const Box& box : boxes)
            for (int y = static_cast<int>(box.min.y) - 1; y < box.max.y + 1; ++y)
                for (int x = static_cast<int>(box.min.x) - 1; x < box.max.x + 1; ++x) {
                    const double share = covered(box, rounding, x, y);
                    const double alpha = ((box.colour >> IM_COL32_A_SHIFT) & 255) / 255.0;
                    const ImU32 shown = pixels.at(static_cast<float>(x), static_cast<float>(y));
                    // A corner's arc is taken for straight within a pixel.
                    const bool partly = share > 0 && share < 1;
                    EXPECT_LE(distance(shown, mixed(paper, box.colour, share * alpha)),
                              partly ? 32 : 1)
                        << x << ", " << y << " covered " << share << ", rounding " << rounding;
                }
    }
}

TEST_F(BoxPainterTest, LooksLikeImGuisOwn) {
    const Box box{{20, 20}, {60, 43}, IM_COL32(230, 200, 20, 255)};
    const Pixels ours = draw([&](ImDrawList* list) { textures_->draw_boxes(list, {&box, 1}, 4); });
    const Pixels imguis =
        draw([&](ImDrawList* list) { list->AddRectFilled(box.min, box.max, box.colour, 4); });
    int differing = 0;
    for (int y = 18; y < 45; ++y)
        for (int x = 18; x < 62; ++x) {
            const auto at = [&](const Pixels& pixels) {
                return pixels.at(static_cast<float>(x), static_cast<float>(y));
            };
            const bool corner = (x < 24 || x >= 56) && (y < 24 || y >= 39);
            EXPECT_LE(distance(at(ours), at(imguis)), corner ? 60 : 0) << x << ", " << y;
            differing += at(ours) != at(imguis);
        }
    EXPECT_LE(differing, 4 * 7);
}

// Clipped, and between what ImGui draws below and above.
TEST_F(BoxPainterTest, KeepsItsPlaceInTheList) {
    const Box box{{20, 20}, {120, 100}, veil};
    const ImU32 white = IM_COL32(255, 255, 255, 255);
    const Pixels pixels = draw([&](ImDrawList* list) {
        list->AddRectFilled({10, 10}, {50, 50}, white);
        list->PushClipRect({0, 0}, {80, 80});
        textures_->draw_boxes(list, {&box, 1}, 4);
        list->PopClipRect();
        list->AddRectFilled({60, 60}, {70, 70}, white);
    });
    EXPECT_EQ(pixels.at(15, 15), white);
    EXPECT_EQ(pixels.at(30, 30), veil);
    EXPECT_EQ(pixels.at(65, 65), white);
    EXPECT_EQ(pixels.at(75, 75), veil);
    EXPECT_EQ(pixels.at(90, 40), paper);
}

}  // namespace
}  // namespace fovea::app
