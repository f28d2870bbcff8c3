// A scene on ImGui's draw lists: where its vertices are, what is under the mouse, what a frame
// costs.
#include "app/ui/scene_painter.h"

#include <chrono>
#include <cmath>

#include "app/ui/changed_areas.h"
#include "app/ui/drawing_digest.h"
#include "engine/figure/lay_out.h"
#include "engine/figure/links.h"
#include "screen_fixture.h"
#include "tests/engine/sample_findings.h"

namespace fovea::app {
namespace {

struct Bounds {
    float left = 1e9f, top = 1e9f, right = -1e9f, bottom = -1e9f;
    int vertices = 0;
};

class ScenePainterTest : public ScreenTest {
  protected:
    const ImVec2 origin{20, 10};

    /// Of what painting these items adds to the list, in one frame.
    Bounds painted(std::vector<SceneItem> items, float scale = 1) {
        Scene scene;
        scene.width = scene.height = 200;
        scene.items = std::move(items);
        Bounds bounds;
        draw_ = [&](Frame& frame) {
            ImDrawList* list = ImGui::GetWindowDrawList();
            const int first = list->VtxBuffer.Size;
            paint_scene(list, scene, {origin, scale}, frame.fonts);
            bounds = {};
            for (int i = first; i < list->VtxBuffer.Size; ++i) {
                const ImVec2 at = list->VtxBuffer[i].pos;
                bounds.left = std::min(bounds.left, at.x);
                bounds.right = std::max(bounds.right, at.x);
                bounds.top = std::min(bounds.top, at.y);
                bounds.bottom = std::max(bounds.bottom, at.y);
                ++bounds.vertices;
            }
        };
        draw_frames(2);
        return bounds;
    }
};

TEST_F(ScenePainterTest, RectanglesHaveWholePixels) {
    const Bounds at_one = painted({SceneRectangle{10.3, 5.2, 20, 8, {255, 0, 0}}});
    EXPECT_EQ(at_one.left, 30);
    EXPECT_EQ(at_one.top, 15);
    EXPECT_EQ(at_one.right, 50);
    EXPECT_EQ(at_one.bottom, 23);
    const Bounds at_two = painted({SceneRectangle{10, 5, 20, 8, {255, 0, 0}}}, 2);
    EXPECT_EQ(at_two.left, 40);
    EXPECT_EQ(at_two.right, 80);
}

TEST_F(ScenePainterTest, StraightLinesAreOnePixel) {
    const Bounds upright = painted({SceneLine{10.5, 0, 10.5, 50, {255, 0, 0}, 1}});
    EXPECT_EQ(upright.right - upright.left, 1);
    EXPECT_EQ(upright.left, 30);
    const Bounds level = painted({SceneLine{0, 7.5, 90, 7.5, {255, 0, 0}, 1}});
    EXPECT_EQ(level.bottom - level.top, 1);
    EXPECT_EQ(level.top, 17);
}

TEST_F(ScenePainterTest, DashesHaveGaps) {
    const Bounds whole = painted({SceneLine{0, 0, 60, 60, {255, 0, 0}, 1, false}});
    const Bounds dashed = painted({SceneLine{0, 0, 60, 60, {255, 0, 0}, 1, true}});
    EXPECT_GT(dashed.vertices, 10 * whole.vertices) << "60 √2 / 6 dashes";
    EXPECT_LE(dashed.right, whole.right + 0.01f);
}

TEST_F(ScenePainterTest, TextStandsOnItsAnchor) {
    const TextStyle style{13, false, {255, 255, 255}};
    const auto text = [&](Anchor anchor, double angle = 0) {
        return painted({SceneText{100, 100, "Mary went", style, anchor, angle}});
    };
    const Bounds start = text(Anchor::start), middle = text(Anchor::middle),
                 end = text(Anchor::end);
    EXPECT_NEAR(start.left, origin.x + 100, 2);
    EXPECT_NEAR(end.right, origin.x + 100, 3);
    EXPECT_NEAR((middle.left + middle.right) / 2, origin.x + 100, 3);
    EXPECT_LE(start.top, origin.y + 100);
    EXPECT_NEAR(start.bottom, origin.y + 100, 4) << "the baseline";

    const Bounds turned = text(Anchor::start, 90);
    EXPECT_EQ(turned.vertices, start.vertices);
    EXPECT_NEAR(turned.bottom, origin.y + 100, 2) << "it is read from below";
    EXPECT_NEAR(turned.bottom - turned.top, start.right - start.left, 1);
    EXPECT_NEAR(turned.right - turned.left, start.bottom - start.top, 1);
    EXPECT_LE(turned.right, origin.x + 104);
}

/// ImGui leaves out letters beyond the clip rectangle before they are turned.
TEST_F(ScenePainterTest, TurnedTextIsWholeAtTheEdge) {
    const TextStyle style{13, false, {255, 255, 255}};
    const SceneText level{100, 100, "Mary went", style, Anchor::start, 0};
    SceneText low = level;
    low.y = 820 - static_cast<double>(origin.y);  // its foot is below the window
    low.angle = 90;
    EXPECT_EQ(painted({low}).vertices, painted({level}).vertices);
}

TEST_F(ScenePainterTest, WhatIsOutOfSightIsPassedOver) {
    EXPECT_EQ(painted({SceneRectangle{0, 5000, 10, 10, {}},
                       SceneText{0, 5000, "far below", {}, Anchor::start, 0},
                       SceneLine{0, 5000, 10, 5000, {}, 1}, SceneCircle{0, 5000, 3, {}}})
                  .vertices,
              0);
}

TEST_F(ScenePainterTest, MeasuresInUnitsWhateverTheScale) {
    draw_ = [&](Frame& frame) {
        FontMeasure one(frame.fonts, 1), two(frame.fonts, 2);
        const TextStyle style{13, false, {}};
        EXPECT_GT(one.width("Mary", style), 10);
        EXPECT_NEAR(two.width("Mary", style), one.width("Mary", style) / 2, 0.01)
            << "this face is made for the scale of one";
        EXPECT_NEAR(one.width("Mary", {30, false, {}}), 2 * one.width("Mary", {15, false, {}}), 2);
        EXPECT_EQ(one.width("", style), 0);
    };
    draw_frame();
}

/// A lens of 30 layers by 14 tokens with its curves: the whole frame's drawing.
TEST_F(ScenePainterTest, ALensIsDrawnInNoTime) {
    Findings findings;
    findings.findings.push_back({"lens", "lens", "", test::sample_lens(30)});
    findings.findings.push_back({"rank", "rank", "", test::sample_ranks(30), "", true});
    double best = 1e9;
    std::optional<Scene> scene;
    std::optional<SceneElement> under;
    draw_ = [&](Frame& frame) {
        if (!scene) {
            FontMeasure ruler(frame.fonts, 1);
            scene = lay_out(findings, ruler, figure_look(true), {.width = 780});
        }
        const auto begin = std::chrono::steady_clock::now();
        paint_scene(ImGui::GetWindowDrawList(), *scene, {origin, 1}, frame.fonts);
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count());
        under = element_under_mouse(*scene, {origin, 1});
    };
    draw_frames(30);
    RecordProperty("milliseconds", std::to_string(best));
    EXPECT_LT(best, 2) << "milliseconds";
    const SceneElement square{0, SceneElement::Of::number, 5 * 14 + 3};
    const SceneBox box = box_of(*scene, square).value();
    move(origin.x + static_cast<float>(box.x) + 5, origin.y + static_cast<float>(box.y) + 5);
    draw_frames(2);
    EXPECT_EQ(under, square);
    move(999, 799);
    draw_frames(2);
    EXPECT_FALSE(under);
}

TEST_F(ScenePainterTest, ImagesGoToWhoeverHasTextures) {
    struct Images final : SceneImages {
        std::vector<size_t> drawn;
        void draw(ImDrawList*, size_t n, const SceneImage&, ImVec2, ImVec2) override {
            drawn.push_back(n);
        }
    } images;
    Scene scene;
    const SceneImage image{0, 0, 4, 2, 1, 2, {{255, 0, 0}, {255, 0, 0}}};
    scene.add(image);
    scene.add(image);
    int vertices = 0;
    draw_ = [&](Frame& frame) {
        images.drawn.clear();
        ImDrawList* list = ImGui::GetWindowDrawList();
        paint_scene(list, scene, {origin, 1}, frame.fonts, &images);
        const int first = list->VtxBuffer.Size;
        paint_scene(list, scene, {origin, 1}, frame.fonts);
        vertices = list->VtxBuffer.Size - first;
    };
    draw_frames(2);
    EXPECT_EQ(images.drawn, (std::vector<size_t>{0, 1}));
    EXPECT_EQ(vertices, 8) << "neighbours of one colour are one rectangle";
}

/// What a texture holds changes without a vertex that does: it is announced.
TEST_F(ScenePainterTest, AnotherPictureInATextureIsDrawnAgain) {
    std::uint64_t content = 1;
    draw_ = [&](Frame&) {
        ImDrawList* list = ImGui::GetWindowDrawList();
        Digest digest;
        digest.add(content);
        announce_drawing(list, digest);
        list->AddImage((ImTextureID)(std::intptr_t)7, {64, 64}, {128, 128});
    };
    ChangedAreas areas;
    draw_frames(2);
    areas.update(*ImGui::GetDrawData(), 0);
    draw_frame();
    EXPECT_TRUE(areas.update(*ImGui::GetDrawData(), 0).empty());
    content = 2;
    draw_frame();
    EXPECT_FALSE(areas.update(*ImGui::GetDrawData(), 0).empty());
}

TEST_F(ScenePainterTest, OutlinesStandAroundTheirBox) {
    Bounds bounds;
    draw_ = [&](Frame&) {
        ImDrawList* list = ImGui::GetWindowDrawList();
        const int first = list->VtxBuffer.Size;
        outline(list, {10, 10, 40, 18}, {origin, 1}, IM_COL32_WHITE, 2);
        for (int i = first; i < list->VtxBuffer.Size; ++i) {
            bounds.left = std::min(bounds.left, list->VtxBuffer[i].pos.x);
            bounds.right = std::max(bounds.right, list->VtxBuffer[i].pos.x);
        }
    };
    draw_frames(2);
    EXPECT_NEAR(bounds.left, origin.x + 8, 1.1f);
    EXPECT_NEAR(bounds.right, origin.x + 52, 1.1f);
}

}  // namespace
}  // namespace fovea::app
