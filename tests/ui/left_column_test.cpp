#include "app/panels/left_column.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/head_grid.h"
#include "app/panels/head_indices.h"
#include "app/panels/list.h"
#include "app/panels/matrix_view.h"
#include "app/panels/panel_parts.h"
#include "app/views/view_bar.h"
#include "screen_fixture.h"
#include "small_reading.h"

namespace fovea::app {

Panel heads_panel();
Panel entropy_panel();

namespace {

/// Every head has a cell of its own inside the layout, and is found at its middle.
void expect_each_head_in_its_place(const HeadLayout& layout) {
    const ImVec2 cell = layout.cell();
    for (Index l = 0; l < layout.layers; ++l)
        for (Index h = 0; h < layout.heads; ++h) {
            const ImVec2 at = layout.corner({l, h});
            ASSERT_GE(at.x, layout.label_width);
            ASSERT_GE(at.y, layout.header);
            ASSERT_LE(at.x + cell.x, layout.width());
            ASSERT_LE(at.y + cell.y, layout.height());
            ASSERT_EQ(layout.at({at.x + cell.x / 2, at.y + cell.y / 2}), (HeadId{l, h}));
        }
}

TEST(HeadLayout, LayersWrapWhereThatMakesCellsLarger) {
    HeadRoom room;
    room.width = 740;
    room.height = 600;
    room.label_width = 24;
    room.header = 20;
    room.between = 16;
    room.smallest = 14;
    room.largest = 132;
    // 18 layers of 4 heads: in one block 32 pixels a cell, in two 64, in three (740 - 104) / 12.
    const HeadLayout layout = largest_cells(18, 4, room);
    EXPECT_EQ(layout.blocks, 2);
    EXPECT_EQ(layout.pitch.x, 64);
    EXPECT_EQ(layout.pitch.y, 64);
    expect_each_head_in_its_place(layout);
    EXPECT_EQ(layout.corner({9, 0}).y, layout.corner({0, 0}).y) << "the tenth layer is at the top";
    EXPECT_EQ(layout.layer_index_at({4 * 64 + 24 + 16 + 5, 20 + 3 * 64}), 12);
    EXPECT_EQ(layout.layer_index_at({100, 50}), std::nullopt);

    EXPECT_EQ(largest_cells(6, 12, room).blocks, 1);
    EXPECT_EQ(largest_cells(12, 12, room).blocks, 1);
    EXPECT_EQ(largest_cells(30, 9, room).blocks, 2);
}

TEST(HeadLayout, SortedHeadsFillTheRoomInRows) {
    HeadRoom room;
    room.width = 300;
    room.height = 320;
    room.header = 20;
    room.largest = 200;
    const HeadLayout layout = in_rows(72, room);
    // 8 columns by 9 rows: 37 across, 33 down; 9 by 8: 33 across.
    EXPECT_EQ(layout.columns() * layout.rows(), 72);
    EXPECT_EQ(layout.pitch.x, 33);
    EXPECT_EQ(layout.label_width, 0);
}

class LeftColumnTest : public ScreenTest {
  protected:
    LeftColumn choose(Index layers, Index heads, ImVec2 size, LeftPanels open = {}, float scale = 1,
                      float questions = 0) {
        LeftColumn result;
        draw_ = [&](Frame& frame) {
            frame.scale = scale;
            result = left_column(frame, {layers, heads, size, open, questions});
        };
        draw_frame();
        return result;
    }
    /// What the panels take of the column at least, as they draw it: between them stand lines that
    /// can give up 12 of their 25 each.
    static float height_of(const LeftColumn& column, float scale = 1) {
        const float chart = column.chart + scale * (8 + (column.chart_names ? 18 : 1));
        const float entropy = column.entropy.height() +
                              scale * ((column.scale ? 20 : 0) + (column.entropy.turned ? 16 : 0));
        return scale * (3 * 24 + 2 * 13) + column.heads.height() + entropy + chart;
    }
};

TEST_F(LeftColumnTest, NothingScrollsForAnyModelThatIsCommon) {
    struct Case {
        Index layers, heads;
    };
    // Columns of the window at 1440 x 900, 1024 x 768 and 900 x 600.
    for (const ImVec2 size : {ImVec2{292, 673}, ImVec2{261, 568}, ImVec2{292, 400}})
        for (const Case model : {Case{6, 12}, Case{5, 8}, Case{12, 12}, Case{18, 4}, Case{24, 16},
                                 Case{30, 9}, Case{28, 16}, Case{32, 32}}) {
            const LeftColumn column = choose(model.layers, model.heads, size);
            SCOPED_TRACE(testing::Message() << model.layers << " x " << model.heads << " in "
                                            << size.x << " x " << size.y);
            const bool dense = model.layers == 32 && size.y < 500;  // 1024 heads: fold a panel
            if (!dense) {
                EXPECT_LE(height_of(column), size.y);
            }
            EXPECT_LE(column.heads.width(), size.x);
            EXPECT_LE(column.entropy.width(), size.x);
            expect_each_head_in_its_place(column.heads);
            expect_each_head_in_its_place(column.entropy);
        }
}

TEST_F(LeftColumnTest, BesideTheQuestionsHeadsAndEntropyStandWithoutScrolling) {
    const LeftPanels chart_folded{true, true, false};
    for (const int count : {3, 6}) {
        const float questions = 26 + 25 * static_cast<float>(count);
        for (const ImVec2 size : {ImVec2{291, 702}, ImVec2{291, 602}}) {
            const LeftColumn column = choose(30, 9, size, chart_folded, 1, questions);
            // The chart is its heading alone, the questions stand above a line of their own.
            const float chart = column.chart + 8 + (column.chart_names ? 18 : 1);
            EXPECT_LE(height_of(column) - chart + questions + 13, size.y)
                << count << " questions in " << size.y;
            expect_each_head_in_its_place(column.heads);
        }
    }
    const LeftColumn column = choose(30, 9, {291, 702}, chart_folded, 1, 26 + 3 * 25);
    EXPECT_EQ(column.heads.blocks, 1);
    EXPECT_GE(column.heads.pitch.y, 12);
    EXPECT_TRUE(column.entropy.turned);
}

TEST(FoldedPanels, TheChartOfADeepModelIsFoldedBesideTheQuestionsUnlessItIsOpened) {
    const char* const chart = "entropy_by_token";
    ViewState view;
    view.middle = "why";
    EXPECT_TRUE(is_folded(view, chart, 30));
    EXPECT_FALSE(is_folded(view, chart, 6)) << "there is room";
    EXPECT_FALSE(is_folded(view, "entropy", 30));
    fold(view, chart, false, 30);
    EXPECT_FALSE(is_folded(view, chart, 30));
    view.middle = "map";
    EXPECT_FALSE(is_folded(view, chart, 30));
    fold(view, chart, true, 30);
    view.middle = "why";
    EXPECT_FALSE(is_folded(view, chart, 30)) << "it was opened here";
    EXPECT_TRUE(is_folded(view, chart, 6));
    fold(view, chart, true, 30);
    EXPECT_TRUE(is_folded(view, chart, 30));
    EXPECT_EQ(view.folded, std::vector<std::string>{chart});
}

TEST_F(LeftColumnTest, ThirtyLayersHaveLowTilesAndATurnedEntropy) {
    // The column at 1440 x 900.
    const LeftColumn column = choose(30, 9, {291, 702});
    EXPECT_EQ(column.heads.blocks, 1);
    EXPECT_GE(column.heads.pitch.x, 29);
    EXPECT_EQ(column.heads.pitch.y, 15);
    EXPECT_TRUE(column.entropy.turned);
    EXPECT_EQ(column.entropy.pitch.x, 9);
    EXPECT_EQ(column.entropy.pitch.y, 9);
    EXPECT_EQ(column.entropy.gap, 1) << "cells of 8";
    // At 1280 x 800 the tiles are lower, the entropy's cells are not.
    const LeftColumn lower = choose(30, 9, {291, 602});
    EXPECT_EQ(lower.heads.blocks, 1);
    EXPECT_GE(lower.heads.pitch.y, 11);
    EXPECT_TRUE(lower.entropy.turned);
    EXPECT_GE(lower.entropy.pitch.y, 8);
    // At 900 x 600 the layers wrap; cells of the entropy stay large enough to be hit.
    const LeftColumn lowest = choose(30, 9, {291, 400});
    EXPECT_EQ(lowest.heads.blocks, 2);
    EXPECT_GE(lowest.heads.pitch.y, 8);
    EXPECT_GE(std::min(lowest.entropy.pitch.x, lowest.entropy.pitch.y), 8);
    // Where there is room nothing is given up.
    const LeftColumn high = choose(30, 9, {291, 1300});
    EXPECT_TRUE(high.scale);
    EXPECT_TRUE(high.chart_names);
}

TEST_F(LeftColumnTest, SixLayersGiveNothingUp) {
    for (const float height : {702.0f, 602.0f}) {
        const LeftColumn column = choose(6, 12, {291, height});
        EXPECT_EQ(column.heads.pitch.x, 22);
        EXPECT_EQ(column.heads.pitch.y, 22);
        EXPECT_EQ(column.entropy.pitch.y, 22);
        EXPECT_TRUE(column.scale);
        EXPECT_TRUE(column.chart_names);
    }
}

TEST(ShownIndices, AreThoseThatDoNotTouchAndTheLitOne) {
    using Shown = std::vector<Index>;
    EXPECT_EQ(shown_indices(0, 4, 10, 10, -1), (Shown{0, 1, 2, 3}));
    EXPECT_EQ(shown_indices(0, 9, 9, 10, -1), (Shown{0, 2, 4, 6, 8}));
    EXPECT_EQ(shown_indices(0, 9, 9, 10, 3), (Shown{0, 3, 6, 8})) << "2 and 4 would touch it";
    EXPECT_EQ(shown_indices(0, 30, 9, 16, 23, 10), (Shown{0, 10, 20, 23, 29}));
    EXPECT_EQ(shown_indices(0, 30, 9, 16, 21, 10), (Shown{0, 10, 21, 29})) << "20 would touch it";
    EXPECT_EQ(shown_indices(15, 30, 5, 10, 3), (Shown{15, 17, 19, 21, 23, 25, 27, 29}));
    EXPECT_EQ(shown_indices(15, 30, 2, 10, 16), (Shown{16, 25})) << "29 would touch 25";
    EXPECT_EQ(shown_indices(0, 0, 2, 10, 0), Shown{});
}

TEST_F(LeftColumnTest, EighteenLayersOfFourWrapInMapAndEntropyAlike) {
    const LeftColumn column = choose(18, 4, {292, 673});
    EXPECT_EQ(column.heads.blocks, 2);
    EXPECT_EQ(column.entropy.blocks, 2);
    EXPECT_FALSE(column.entropy.turned);
    EXPECT_TRUE(column.numbers);
    for (const HeadId head : {HeadId{0, 0}, HeadId{8, 3}, HeadId{9, 0}, HeadId{17, 3}})
        EXPECT_EQ(column.heads.corner(head).x, column.entropy.corner(head).x);
}

TEST_F(LeftColumnTest, AFoldedPanelLeavesItsRoomToTheOthers) {
    const LeftColumn all = choose(32, 32, {292, 400});
    const LeftColumn heads = choose(32, 32, {292, 400}, {true, false, false});
    EXPECT_GT(heads.heads.pitch.y, all.heads.pitch.y);
}

TEST_F(LeftColumnTest, AtScaleTwoEverythingIsTwiceAsLarge) {
    const LeftColumn once = choose(18, 4, {292, 673});
    const LeftColumn twice = choose(18, 4, {584, 1346}, {}, 2);
    EXPECT_EQ(twice.heads.blocks, once.heads.blocks);
    EXPECT_NEAR(twice.heads.pitch.x, 2 * once.heads.pitch.x, 2);
    EXPECT_LE(height_of(twice, 2), 1346);
}

TEST(NumbersInCells, FitSoManyCharacters) {
    EXPECT_EQ(number_in(0.484f, 4), "0.48");
    EXPECT_EQ(number_in(0.484f, 3), ".48");
    EXPECT_EQ(number_in(0.484f, 2), ".5");
    EXPECT_EQ(number_in(0.997f, 4), "1.00");
    EXPECT_EQ(number_in(0.997f, 3), "1.0");
    EXPECT_EQ(number_in(0.997f, 2), "1");
    EXPECT_EQ(number_in(3.57f, 3), "3.6");
    EXPECT_EQ(number_in(12.34f, 4), "12.3");
    EXPECT_EQ(number_in(12.34f, 3), "12");
    EXPECT_EQ(number_in(12.34f, 2), "12");
    EXPECT_EQ(number_in(1234, 4), "1234");
    EXPECT_EQ(number_in(1234, 3), "1k");
    EXPECT_EQ(number_in(32768, 3), "33k");
    EXPECT_EQ(number_in(99996, 3), ".1M");
    EXPECT_EQ(number_in(std::nanf(""), 2), "–");
    for (const float value : {0.0f, 0.004f, 0.5f, 0.995f, 1.0f, 9.96f, 42.3f, 4095.5f})
        for (int characters = 2; characters <= 4; ++characters)
            EXPECT_LE(static_cast<int>(number_in(value, characters).size()), characters)
                << value << " in " << characters;
}

TEST_F(LeftColumnTest, AClickInAWrappedGridChoosesTheHead) {
    reading_ = small_reading("gpt2", {"Tom", " has", " a", " ball"});
    ASSERT_TRUE(reading_);
    draw_ = heads_panel().draw;
    draw_frames(2);
    HeadLayout layout;
    draw_ = [&](Frame& frame) {
        layout = left_column(frame).heads;
        heads_panel().draw(frame);
    };
    draw_frames(2);
    const ImVec2 at = layout.corner({1, 2}), cell = layout.cell();
    click(at.x + cell.x / 2, 24 + at.y + cell.y / 2);
    EXPECT_EQ(view_.selected, (HeadId{1, 2}));
}

TEST(FitHint, IsGivenWhereAllColoursAreTheLowest) {
    EXPECT_EQ(fit_hint(0.0192f), "all below 0.020 — U fits the colours");
    EXPECT_EQ(fit_hint(0.00001f), "all below 0.001 — U fits the colours");
    EXPECT_EQ(fit_hint(0.3f), "");
    EXPECT_EQ(fit_hint(std::nanf("")), "");
}

TEST(FoldedPanels, AreRememberedByName) {
    ViewState view;
    EXPECT_FALSE(is_folded(view, "entropy"));
    fold(view, "entropy", true);
    fold(view, "entropy", true);
    fold(view, "mask", true);
    EXPECT_EQ(view.folded, (std::vector<std::string>{"entropy", "mask"}));
    fold(view, "entropy", false);
    EXPECT_FALSE(is_folded(view, "entropy"));
    EXPECT_TRUE(is_folded(view, "mask"));
}

TEST_F(LeftColumnTest, ControlsForWhichTheBarIsTooShortAreInAMenuAtItsEnd) {
    reading_ = small_reading("gpt2", {"Tom", " has", " a", " ball"});
    ASSERT_TRUE(reading_);
    draw_ = [](Frame& frame) { view_bar(frame); };
    draw_frames(2);
    EXPECT_FALSE(ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup));
    // A button of 30 in a bar of 44, 16 from the right end.
    click(width - 16 - 15, 22);
    EXPECT_TRUE(view_.paint == PaintTool::none);
    bool open = false;
    draw_ = [&](Frame& frame) {
        view_bar(frame);
        open = ImGui::IsPopupOpen("more menu");
    };
    draw_frame();
    EXPECT_TRUE(open);
}

}  // namespace
}  // namespace fovea::app
