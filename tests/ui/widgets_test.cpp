#include "app/ui/widgets.h"

#include <array>
#include <cmath>

#include "screen_fixture.h"

namespace fovea::app {
namespace {

// In a panel 300 wide the slider's track runs from 60 to 248: 0.05 at 60, 20 at 248, 1 at 154.
class SliderTest : public ScreenTest {
  protected:
    void SetUp() override {
        ScreenTest::SetUp();
        draw_ = [this](Frame& frame) {
            bool released = false;
            if (widgets::log_slider(frame, "slider", "all", value_, 0.05f, 20, "tip", released))
                ++changes_;
            releases_ += released;
        };
    }
    float value_ = 1;
    int changes_ = 0, releases_ = 0;
};

TEST_F(SliderTest, DragIsLogarithmicAndReleasesOnce) {
    drag(154, 201, 12);  // half of the way from 1 to 20 on the logarithmic track
    EXPECT_NEAR(value_, std::sqrt(20.0f), 0.1f);
    EXPECT_GE(changes_, 3);
    EXPECT_EQ(releases_, 1);
}

TEST_F(SliderTest, DragEndsAtTheBounds) {
    drag(154, 900, 12);
    EXPECT_FLOAT_EQ(value_, 20);
    rest();
    drag(248, -50, 12);
    EXPECT_FLOAT_EQ(value_, 0.05f);
}

TEST_F(SliderTest, DragSnapsToOne) {
    value_ = 4;
    drag(201, 156, 12);
    EXPECT_EQ(value_, 1);
}

TEST_F(SliderTest, DoubleClickResets) {
    value_ = 0.35f;
    move(118, 12);
    draw_frames(2);
    for (int i = 0; i < 2; ++i) {
        press(true);
        draw_frame();
        press(false);
        draw_frame();
    }
    draw_frame();
    EXPECT_EQ(value_, 1);
}

TEST_F(SliderTest, ControlClickTypesANumber) {
    move(100, 12);
    draw_frames(2);
    hold_control(true);
    draw_frame();
    press(true);
    draw_frame();
    press(false);
    draw_frame();
    hold_control(false);
    draw_frames(3);
    EXPECT_EQ(value_, 1) << "the click itself must not move the slider";
    EXPECT_TRUE(widgets::has_keyboard());
    type("2.5");
    draw_frames(2);
    key(ImGuiKey_Enter, true);
    draw_frames(2);
    key(ImGuiKey_Enter, false);
    draw_frames(3);
    EXPECT_FLOAT_EQ(value_, 2.5f);
    EXPECT_EQ(releases_, 1);
}

TEST_F(SliderTest, AClickOnTheNumberTypesIt) {
    click(280, 12);
    draw_frames(3);
    EXPECT_EQ(value_, 1) << "the click itself must not move the slider";
    EXPECT_TRUE(widgets::has_keyboard());
    type("0,5");
    draw_frames(2);
    key(ImGuiKey_Enter, true);
    draw_frames(2);
    key(ImGuiKey_Enter, false);
    draw_frames(3);
    EXPECT_FLOAT_EQ(value_, 0.5f) << "a comma is a point";
    EXPECT_EQ(releases_, 1);
    EXPECT_FALSE(widgets::has_keyboard());
}

TEST_F(SliderTest, ANumberBeyondTheLimitIsTheLimitAndThatIsSaid) {
    click(280, 12);
    draw_frames(3);
    const auto said = [] { return ImGui::GetForegroundDrawList()->VtxBuffer.Size; };
    type("50");
    draw_frames(2);
    EXPECT_EQ(said(), 0);
    key(ImGuiKey_Enter, true);
    draw_frames(2);
    key(ImGuiKey_Enter, false);
    draw_frame();
    EXPECT_FLOAT_EQ(value_, 20);
    EXPECT_GT(said(), 0) << "largest is 20";
    move(900, 700);
    draw_frames(5 * 60);
    EXPECT_EQ(said(), 0) << "and no longer than it takes to read";
}

TEST_F(SliderTest, ADragThatEndsOnTheNumberTypesNothing) {
    drag(154, 280, 12);
    draw_frames(3);
    EXPECT_FALSE(widgets::has_keyboard());
}

TEST(TypedNumbersTest, APointAndACommaAreTheSame) {
    EXPECT_EQ(widgets::parsed_number("0.5"), 0.5);
    EXPECT_EQ(widgets::parsed_number("0,5"), 0.5);
    EXPECT_EQ(widgets::parsed_number(" 3 "), 3);
    EXPECT_EQ(widgets::parsed_number("1e-2"), 0.01);
    for (const char* none : {"", "half", "2x", "1,000.5", "inf", "nan"})
        EXPECT_FALSE(widgets::parsed_number(none)) << none;
}

TEST_F(SliderTest, ADragLeavesTheKeysToTheWindow) {
    drag(154, 201, 12);
    EXPECT_FALSE(widgets::has_keyboard());
}

TEST_F(SliderTest, RestingPointerChangesNothing) {
    move(100, 12);
    rest();
    EXPECT_EQ(value_, 1);
    EXPECT_EQ(changes_, 0);
}

using WidgetsTest = ScreenTest;

TEST_F(WidgetsTest, SegmentsChooseByClick) {
    constexpr std::array<std::string_view, 4> labels{"model", "none", "causal", "window"};
    int chosen = 0, changes = 0;
    draw_ = [&](Frame& frame) {
        changes += widgets::segments(frame, "mask", chosen, labels, "tip");
    };
    click(190, 14);
    EXPECT_EQ(chosen, 2);
    rest();
    click(190, 14);
    EXPECT_EQ(changes, 1) << "the same segment again changes nothing";
}

TEST_F(WidgetsTest, ChipsStandSideBySideAndWrap) {
    std::vector<ImVec2> places;
    std::string clicked;
    draw_ = [&](Frame& frame) {
        for (const char* label : {"layer 3 head 1", "layer 4 head 6", "layer 5 head 7"}) {
            if (widgets::chip(frame, label, label, "tip")) clicked = label;
            places.push_back(ImGui::GetItemRectMin());
        }
    };
    draw_frame();
    const float end = ImGui::GetIO().DisplaySize.y;
    ASSERT_LT(places.back().y, end);
    // 14 letters of 7 pixels, 18 of padding and 11 for the cross: 126 wide, 4 apart. Two fit.
    click(60, 10);
    EXPECT_EQ(clicked, "layer 3 head 1");
    click(190, 10);
    EXPECT_EQ(clicked, "layer 4 head 6");
    click(60, 34);
    EXPECT_EQ(clicked, "layer 5 head 7");
}

TEST_F(WidgetsTest, ChoiceOpensAMenu) {
    constexpr std::array<std::string_view, 3> labels{"weights", "scores", "value-weighted"};
    int chosen = 0, changes = 0;
    draw_ = [&](Frame& frame) {
        changes += widgets::choice(frame, "quantity", chosen, labels, "");
    };
    click(20, 15);
    draw_frames(2);
    // Rows of 26 below the button of 30, a gap of 4 and the menu's padding of 4.
    click(30, 30 + 4 + 4 + 26 + 13);
    EXPECT_EQ(chosen, 1);
    EXPECT_EQ(changes, 1);
}

TEST_F(WidgetsTest, StepperStepsWithinItsBounds) {
    long value = 2;
    int releases = 0;
    draw_ = [&](Frame& frame) {
        bool released = false;
        widgets::stepper(frame, "window", "window", value, 1, 3, "tip", released);
        releases += released;
    };
    click(290, 12);
    EXPECT_EQ(value, 3);
    rest();
    click(290, 12);
    EXPECT_EQ(value, 3);
    rest();
    click(300 - 96 + 10, 12);
    EXPECT_EQ(value, 2);
    EXPECT_EQ(releases, 3);
}

TEST_F(WidgetsTest, ToggleFlips) {
    bool on = false;
    draw_ = [&](Frame& frame) { widgets::toggle(frame, "t", "picture only", on, "tip"); };
    click(12, 12);
    EXPECT_TRUE(on);
}

TEST_F(WidgetsTest, WidgetsAdvanceByTheirOwnHeight) {
    float top = 0, after_heading = 0, after_button = 0;
    draw_ = [&](Frame& frame) {
        top = ImGui::GetCursorPosY();
        widgets::heading(frame, "mask", "aside");
        after_heading = ImGui::GetCursorPosY();
        widgets::button(frame, "b", "Export…", "tip");
        after_button = ImGui::GetCursorPosY();
    };
    draw_frame();
    EXPECT_EQ(after_heading - top, 24);
    EXPECT_EQ(after_button - after_heading, 30);
}

TEST_F(WidgetsTest, NumbersOfEqualLengthAreEquallyWide) {
    draw_ = [](Frame& frame) {
        EXPECT_FLOAT_EQ(widgets::number_width(frame.fonts.text, "1.11"),
                        widgets::number_width(frame.fonts.text, "0.84"));
    };
    draw_frame();
}

TEST_F(WidgetsTest, LongTextIsCutAtACharacter) {
    draw_ = [](Frame& frame) {
        // Draws; the address sanitiser and ImGui's own checks watch.
        widgets::clipped_text(ImGui::GetWindowDrawList(), frame.fonts.text, {0, 0}, 20,
                              frame.theme.text, "注意力机制是什么");
        widgets::clipped_text(ImGui::GetWindowDrawList(), frame.fonts.text, {0, 0}, 20,
                              frame.theme.text, "\xe4\xb8");
        widgets::tooltip(frame, "first line\nsecond\n\nlast");
    };
    draw_frames(2);
}

}  // namespace
}  // namespace fovea::app
