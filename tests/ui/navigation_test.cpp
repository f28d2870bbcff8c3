#include <algorithm>
#include <cmath>

#include "app/panels/list.h"
#include "app/panels/minimap.h"
#include "app/panels/search.h"
#include "long_reading.h"
#include "screen_fixture.h"

namespace fovea::app {

Panel tokens_panel();

namespace {

using Entry = ViewState::Search::Entry;

class SearchTest : public ScreenTest {
  protected:
    void show(Index tokens) {
        reading_ = long_reading(tokens);
        ASSERT_TRUE(reading_);
        draw_ = tokens_panel().draw;
        draw_frames(2);
    }
    void open(Entry entry) {
        view_.search.entry = entry;
        view_.search.wants_keyboard = true;
        draw_frames(4);
    }
    void write(const char* text) {
        type(text);
        draw_frames(4);
    }
    void strike(ImGuiKey which) {
        key(which, true);
        draw_frames(2);
        key(which, false);
        draw_frames(3);
    }
    void hold_shift(bool down) {
#if IMGUI_VERSION_NUM >= 18700
        ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, down);
#else
        ImGui::GetIO().KeyShift = down;
#endif
        draw_frame();
    }
};

TEST_F(SearchTest, GoesFromOccurrenceToOccurrenceAcrossTokenBorders) {
    show(400);
    open(Entry::words);
    write("WORD 7");
    // "word 7", "word 70" to "word 79": each is two tokens, the number and the word before it.
    EXPECT_EQ(view_.selected_query, 14);
    EXPECT_EQ(view_.sought.tokens, (TokenRange{Sentence::source, 14, 15}));
    strike(ImGuiKey_Enter);
    EXPECT_EQ(view_.selected_query, 140);
    EXPECT_EQ(view_.search.at, 1);
    strike(ImGuiKey_Enter);
    EXPECT_EQ(view_.selected_query, 142);
    hold_shift(true);
    strike(ImGuiKey_Enter);
    strike(ImGuiKey_Enter);
    strike(ImGuiKey_Enter);
    hold_shift(false);
    EXPECT_EQ(view_.selected_query, 158) << "before the first comes the last";
    // What is typed after Enter goes on where it stopped.
    write("9");
    EXPECT_EQ(view_.search.words, "WORD 79");
    EXPECT_EQ(view_.selected_query, 158);
    view_.search.step = 1;  // as F3 asks
    draw_frames(2);
    EXPECT_EQ(view_.selected_query, 158) << "there is only one";
    strike(ImGuiKey_Escape);
    EXPECT_EQ(view_.search.entry, Entry::closed);
    EXPECT_EQ(view_.search.words, "WORD 79") << "for the next time";
    EXPECT_FALSE(view_.sought.tokens);
}

TEST_F(SearchTest, EnterStruckTwiceQuicklyCountsTwice) {
    show(400);
    open(Entry::words);
    write("word 7");
    // The second one comes before ImGui has given the keyboard back to the entry.
    for (int i = 0; i < 2; ++i) {
        key(ImGuiKey_Enter, true);
        draw_frame();
        key(ImGuiKey_Enter, false);
        draw_frame();
    }
    draw_frames(5);
    EXPECT_EQ(view_.search.at, 2);
    EXPECT_EQ(view_.selected_query, 142);
}

TEST_F(SearchTest, WordsThatAreNowhereChangeNothing) {
    show(60);
    view_.selected_query = 5;
    open(Entry::words);
    write("zebra");
    strike(ImGuiKey_Enter);
    EXPECT_EQ(view_.selected_query, 5);
    EXPECT_FALSE(view_.sought.tokens);
}

TEST_F(SearchTest, ANumberGoesToItsToken) {
    show(400);
    view_.map_left = view_.map_top = 10;
    view_.map_span = 20;
    open(Entry::token);
    write("400");
    strike(ImGuiKey_Enter);
    EXPECT_FALSE(view_.selected_query) << "the last one is 399";
    EXPECT_EQ(view_.search.entry, Entry::token);
    strike(ImGuiKey_Backspace);
    write("1");
    strike(ImGuiKey_Backspace);
    strike(ImGuiKey_Backspace);
    write("7");
    EXPECT_EQ(view_.search.number, "47");
    strike(ImGuiKey_Enter);
    EXPECT_EQ(view_.selected_query, 47);
    EXPECT_EQ(view_.search.entry, Entry::closed);
    EXPECT_DOUBLE_EQ(view_.map_top, 47.5 - 10);
    EXPECT_DOUBLE_EQ(view_.map_left, 47.5 - 10);
    EXPECT_EQ(view_.map_span, 20);
}

TEST_F(SearchTest, TheStripShowsOnlyWhatIsInViewAndScrollsThere) {
    show(200);
    const int few = ImGui::GetDrawData()->TotalVtxCount;
    show(6000);
    const int many = ImGui::GetDrawData()->TotalVtxCount;
    EXPECT_GT(few, 1000);
    EXPECT_LT(many, 2 * few);
    view_.sought.tokens = {Sentence::source, 4000, 4000};
    ++view_.sought.times;
    draw_frames(3);
    std::optional<Index> met;
    for (float x = 20; x < 200 && !met; x += 3) {
        move(x, 400);
        draw_frames(2);
        met = view_.hover.query;
    }
    ASSERT_TRUE(met);
    EXPECT_NEAR(static_cast<double>(*met), 4000, 30) << "in the middle of the strip";
}

TEST(Search, NumbersAreWholeAndInside) {
    EXPECT_EQ(typed_token("0", 5), 0);
    EXPECT_EQ(typed_token(" 4 ", 5), 4);
    for (const char* wrong : {"", "5", "-1", "4.5", "4x", "99999999999999999999"})
        EXPECT_FALSE(typed_token(wrong, 5)) << wrong;
}

TEST(Search, TheSearchBeginsAtAToken) {
    Occurrences found;
    found.source = {{Sentence::source, 3, 3}, {Sentence::source, 9, 10}};
    found.target = {{Sentence::target, 2, 2}};
    EXPECT_EQ(found.count(), 3);
    EXPECT_EQ(found.from(Sentence::source, 0), 0);
    EXPECT_EQ(found.from(Sentence::source, 4), 1);
    EXPECT_EQ(found.from(Sentence::source, 11), 2) << "on into the target";
    EXPECT_EQ(found.from(Sentence::target, 0), 2);
    EXPECT_EQ(found.from(Sentence::target, 3), 0) << "and around";
    EXPECT_EQ(found.at(2), (TokenRange{Sentence::target, 2, 2}));
    EXPECT_TRUE(is_found(found.source, 10));
    EXPECT_FALSE(is_found(found.source, 4));
}

class MinimapTest : public ScreenTest {
  protected:
    void show() {
        reading_ = long_reading(1000);
        ASSERT_TRUE(reading_);
        view_.map_left = 100;
        view_.map_top = 200;
        view_.map_span = 50;
        draw_ = [](Frame& frame) { minimap(frame, {1000, 1000}, {{100, 100}, {200, 200}}); };
        draw_frames(2);
    }
};

TEST_F(MinimapTest, AClickGoesThereAndADragFollows) {
    show();
    EXPECT_EQ(view_.map_left, 100);
    click(150, 130);
    EXPECT_DOUBLE_EQ(view_.map_left, 500 - 25);
    EXPECT_DOUBLE_EQ(view_.map_top, 300 - 25);
    rest();
    drag(150, 180, 130);
    EXPECT_DOUBLE_EQ(view_.map_left, 800 - 25);
    EXPECT_DOUBLE_EQ(view_.map_top, 300 - 25);
    rest();
    drag(150, 290, 130);
    EXPECT_DOUBLE_EQ(view_.map_left, 950) << "to the edge and no further";
    EXPECT_DOUBLE_EQ(view_.map_span, 50);
}

TEST_F(MinimapTest, StandsWhereThereIsRoom) {
    draw_ = [](Frame& frame) {
        const Area room{{500, 100}, {600, 500}};
        const auto area = minimap_area(frame, room, {1000, 1000}, 100);
        ASSERT_TRUE(area);
        EXPECT_EQ(area->max.y, 500);
        EXPECT_EQ(area->min.x, 500);
        EXPECT_EQ(area->width(), 100);
        EXPECT_EQ(area->height(), 100);
        EXPECT_FALSE(minimap_area(frame, {{500, 100}, {540, 500}}, {9, 9}, 100)) << "too narrow";
        EXPECT_FALSE(minimap_area(frame, room, {9, 9}, 360)) << "too low";
        const auto wide = minimap_area(frame, room, {100, 1000}, 100);
        ASSERT_TRUE(wide);
        EXPECT_EQ(wide->height(), std::floor(100.f / 3));
    };
    draw_frame();
}

}  // namespace
}  // namespace fovea::app
