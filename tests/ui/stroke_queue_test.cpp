// Who takes what was typed, and in which order.

#include "app/shell/stroke_queue.h"

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include <string>

namespace fovea::app {
namespace {

Stroke typed(char32_t character) {
    return {.kind = Stroke::Kind::character, .character = character};
}
Stroke struck(int key, int action = GLFW_PRESS) {
    return {.kind = Stroke::Kind::key, .key = key, .action = action};
}

/// Writes down who got what: "w:" the window, "c:" a control.
class StrokeQueueTest : public ::testing::Test {
  protected:
    void deliver() {
        const auto note = [this](const char* who, const Stroke& stroke) {
            log_ += who;
            if (stroke.kind == Stroke::Kind::character)
                log_ += static_cast<char>(stroke.character);
            else
                log_ +=
                    "<" + std::to_string(stroke.key) + (stroke.action == GLFW_RELEASE ? "^>" : ">");
            log_ += ' ';
        };
        queue_.deliver({.control_has_keys = [&] { return control_; },
                        .keys_move = [&] { return moving_; },
                        .is_windows_own =
                            [](const Stroke& s) {
                                return s.kind == Stroke::Kind::key && s.key == GLFW_KEY_F3;
                            },
                        .to_control = [&](const Stroke& s) { note("c:", s); },
                        .to_window =
                            [&](const Stroke& s) {
                                note("w:", s);
                                if (s.key == GLFW_KEY_F) moving_ = true;
                            }});
    }
    void frame() { queue_.frame_was_drawn(); }
    std::string taken() { return std::exchange(log_, {}); }

    StrokeQueue queue_;
    bool control_ = false, moving_ = false;
    std::string log_;
};

TEST_F(StrokeQueueTest, TextAndShortcutsArriveAsTheyCame) {
    queue_.add(typed('a'));
    queue_.add(struck(GLFW_KEY_TAB));
    queue_.add(typed('b'));
    queue_.add(struck(GLFW_KEY_ENTER));
    queue_.add(typed('c'));
    deliver();
    EXPECT_EQ(taken(), "w:a w:<258> w:b w:<257> w:c ");
}

TEST_F(StrokeQueueTest, WhatFollowsAKeyThatOpensAnEntryWaitsForTheEntry) {
    queue_.add(struck(GLFW_KEY_F));
    queue_.add(typed('x'));
    queue_.add(typed('y'));
    deliver();
    EXPECT_EQ(taken(), "w:<70> ");
    frame();
    deliver();
    EXPECT_EQ(taken(), "");
    // The entry has been given the keys, but ImGui says so a frame later.
    moving_ = false;
    deliver();
    EXPECT_EQ(taken(), "");
    frame();
    control_ = true;
    frame();
    deliver();
    EXPECT_EQ(taken(), "c:x c:y ");
}

TEST_F(StrokeQueueTest, AnEntryThatNeverOpensHoldsNothingUpForEver) {
    moving_ = true;
    queue_.add(typed('x'));
    for (int i = 0; i < 100 && !queue_.empty(); ++i) {
        deliver();
        frame();
    }
    EXPECT_EQ(taken(), "w:x ");
}

TEST_F(StrokeQueueTest, WhatFollowsAKeyThatClosesAnEntryGoesToTheWindow) {
    control_ = true;
    for (const int closes : {GLFW_KEY_ENTER, GLFW_KEY_ESCAPE, GLFW_KEY_TAB}) {
        control_ = true;
        queue_.add(struck(closes));
        queue_.add(typed('z'));
        deliver();
        EXPECT_EQ(taken(), "c:<" + std::to_string(closes) + "> ");
        frame();
        deliver();
        EXPECT_EQ(taken(), "") << "ImGui does not know yet";
        control_ = false;
        frame();
        deliver();
        EXPECT_EQ(taken(), "w:z ");
    }
}

TEST_F(StrokeQueueTest, TheWindowsOwnKeysReachItPastAnEntry) {
    control_ = true;
    queue_.add(typed('x'));
    queue_.add(struck(GLFW_KEY_F3));
    queue_.add(struck(GLFW_KEY_F3, GLFW_RELEASE));
    queue_.add(typed('y'));
    deliver();
    EXPECT_EQ(taken(), "c:x w:<292> ");
    frame();
    frame();
    deliver();
    EXPECT_EQ(taken(), "c:<292^> c:y ");
}

TEST_F(StrokeQueueTest, WhatIsTypedAfterAClickWaitsUntilTheClickIsSeen) {
    queue_.add(typed('a'));
    queue_.add({.kind = Stroke::Kind::mouse});
    queue_.add(typed('b'));
    deliver();
    EXPECT_EQ(taken(), "w:a ");
    control_ = true;  // an entry was clicked
    frame();
    frame();
    deliver();
    EXPECT_EQ(taken(), "c:b ");
}

}  // namespace
}  // namespace fovea::app
