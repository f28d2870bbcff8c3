#include <algorithm>
#include <cmath>

#include "app/panels/cell_facts.h"
#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/panels/token_tiles.h"
#include "engine/trace/head_map.h"
#include "screen_fixture.h"
#include "small_reading.h"

namespace fovea::app {

Panel temperature_panel();
Panel mask_panel();
Panel edits_panel();
Panel silenced_heads_panel();
Panel tokens_panel();
Panel entropy_panel();
Panel entropy_by_token_panel();
Panel next_token_panel();
Panel this_cell_panel();

namespace {

// The panels' geometry at scale 1 in a column 300 wide: heading 18 and its gap 6; see widgets.h.
constexpr float heading_room = 24;

class PanelsTest : public ScreenTest {
  protected:
    void show(const Panel& panel, const std::string& model = "gpt2", const Edits& edits = {}) {
        reading_ = small_reading(model, {"Tom", " has", " a", " ball", " to"}, edits);
        ASSERT_TRUE(reading_);
        document_.edits = edits;
        draw_ = panel.draw;
        apply_ = [](Document& document, const Command& command) {
            return apply(document, command);
        };
        applies_ = true;
        draw_frames(2);
    }
};

TEST_F(PanelsTest, DraggingATemperatureIssuesItsScopeAndEndsOneGesture) {
    view_.selected = {1, 2};
    show(temperature_panel());
    // Rows of 25 from 3 above the heading's end; the track runs from 60 to 248, 1 at 154.
    const float row = heading_room - 3 + 12;
    drag(154, 120, row + 50);
    const auto commands = issued<SetTemperature>();
    ASSERT_GE(commands.size(), 3u);
    for (const SetTemperature& command : commands) {
        EXPECT_EQ(command.scope, (Scope{1, 2}));
        EXPECT_LT(command.value, 1);
    }
    EXPECT_EQ(commands.size(), issued_.size());
    EXPECT_EQ(gestures_, 1);

    issued_.clear();
    rest();
    drag(154, 120, row);
    ASSERT_FALSE(issued<SetTemperature>().empty());
    EXPECT_EQ(issued<SetTemperature>().back().scope, Scope{});

    issued_.clear();
    rest();
    drag(154, 190, row + 25);
    ASSERT_FALSE(issued<SetTemperature>().empty());
    EXPECT_EQ(issued<SetTemperature>().back().scope, (Scope{1, std::nullopt}));
}

TEST_F(PanelsTest, ATemperatureIsThatOfTheChosenHead) {
    view_.selected = {0, 1};
    Edits edits;
    edits.temperatures = {{{0, 1}, 0.35f}};
    show(temperature_panel(), "gpt2", edits);
    // Double-click on the moved slider resets exactly this scope.
    const float x = 60 + 188 * std::log(0.35f / 0.05f) / std::log(20 / 0.05f);
    move(x, heading_room - 3 + 12 + 50);
    draw_frames(2);
    for (int i = 0; i < 2; ++i) {
        press(true);
        draw_frame();
        press(false);
        draw_frame();
    }
    draw_frame();
    ASSERT_EQ(issued<SetTemperature>().size(), 1u);
    EXPECT_EQ(issued<SetTemperature>()[0].scope, (Scope{0, 1}));
    EXPECT_EQ(issued<SetTemperature>()[0].value, 1);
    EXPECT_TRUE(document_.edits.temperatures.empty());
}

TEST_F(PanelsTest, MaskSegmentsIssueTheMask) {
    show(mask_panel());
    click(110, heading_room + 14);
    rest();
    click(260, heading_room + 14);
    const auto commands = issued<SetMask>();
    ASSERT_EQ(commands.size(), 2u);
    EXPECT_EQ(commands[0].mask, (MaskEdit{MaskKind::none, 0}));
    EXPECT_EQ(commands[1].mask, (MaskEdit{MaskKind::window, 5})) << "not longer than the sentence";
    // The window's width has its own row now, 6 below: its minus is 96 from the right.
    rest();
    click(width - 96 + 10, heading_room + 28 + 6 + 12);
    EXPECT_EQ(issued<SetMask>().back().mask, (MaskEdit{MaskKind::window, 4}));
    EXPECT_EQ(gestures_, 3);
}

TEST_F(PanelsTest, ChipsOfTheMaskRemoveTheirBlocks) {
    Edits edits;
    const BlockEdit key{{}, std::nullopt, 3};
    const BlockEdit cell{{0, 0}, 4, 1}, other{{0, 0}, 3, 1};
    edits.blocks = {cell, key, other};
    show(mask_panel(), "gpt2", edits);
    // Keys stand before cells, whatever the order in the document.
    click(40, heading_room + 28 + 10 + 10);
    ASSERT_EQ(issued<RemoveBlocks>().size(), 1u);
    EXPECT_EQ(issued<RemoveBlocks>()[0].blocks, std::vector<BlockEdit>{key});
    rest();
    click(40, heading_room + 28 + 10 + 10);
    ASSERT_EQ(issued<RemoveBlocks>().size(), 2u);
    EXPECT_EQ(issued<RemoveBlocks>()[1].blocks, (std::vector<BlockEdit>{cell, other}));
    EXPECT_TRUE(document_.edits.blocks.empty());
}

TEST_F(PanelsTest, ChipsOfSilencedHeadsLetThemSpeak) {
    Edits edits;
    edits.ablations = {{{2, 1}, AblationTarget::zero}, {{1, std::nullopt}, AblationTarget::mean}};
    show(silenced_heads_panel(), "gpt2", edits);
    click(40, heading_room + 10);
    ASSERT_EQ(issued<SetAblation>().size(), 1u);
    EXPECT_EQ(issued<SetAblation>()[0].scope, (Scope{2, 1}));
    EXPECT_FALSE(issued<SetAblation>()[0].to);
}

TEST_F(PanelsTest, TheMenuSilencesTheChosenHeadAndItsLayer) {
    view_.selected = {1, 3};
    show(silenced_heads_panel());
    const float menu_top = 18 + 4 + 4;  // below the heading's row: a gap, and the menu's padding
    click(width - 20, 9);
    draw_frames(2);
    click(width - 20, menu_top + 13);
    rest();
    click(width - 20, 9);
    draw_frames(2);
    click(width - 20, menu_top + 3 * 26 + 13);
    const auto commands = issued<SetAblation>();
    ASSERT_EQ(commands.size(), 2u);
    EXPECT_EQ(commands[0].scope, (Scope{1, 3}));
    EXPECT_EQ(commands[0].to, AblationTarget::zero);
    EXPECT_EQ(commands[1].scope, (Scope{1, std::nullopt}));
    EXPECT_EQ(commands[1].to, AblationTarget::mean);
}

TEST_F(PanelsTest, PictureOnlyAndReset) {
    Edits edits;
    edits.temperatures = {{{}, 2}};
    show(edits_panel(), "gpt2", edits);
    const float row = 9;  // of the heading, at its right end
    click(width - 20, row);
    ASSERT_EQ(issued<SetPictureOnly>().size(), 1u);
    EXPECT_TRUE(issued<SetPictureOnly>()[0].picture_only);
    rest();
    // Left of the switch: 34 pixels and its label.
    const float label = std::ceil(ImGui::CalcTextSize("picture only").x);
    click(width - 34 - label - 14 - 10, row);
    ASSERT_EQ(issued<SetEdits>().size(), 1u);
    EXPECT_TRUE(document_.edits.empty());
    EXPECT_EQ(gestures_, 2);
}

TEST_F(PanelsTest, ATokenIsHoveredChosenAndHidden) {
    show(tokens_panel());
    // ProggyClean is 7 wide: "Tom" takes 21 + 10, the gap 3, "has" begins at 34.
    click(45, heading_room + 12);
    EXPECT_EQ(view_.selected_query, 1);
    EXPECT_EQ(view_.hover.query, 1);
    EXPECT_TRUE(issued_.empty()) << "looking changes no document";

    view_.selected = {1, 0};
    view_.paint_scope = ViewState::PaintScope::layer;
    click(45, heading_room + 12, 1);
    draw_frames(2);
    const auto menu_item = [&](int row) {
        move(45 + 30, heading_room + 12 + 4 + 26 * static_cast<float>(row) + 13);
    };
    menu_item(0);
    draw_frames(2);
    press(true);
    draw_frame();
    press(false);
    draw_frames(2);
    ASSERT_EQ(issued<AddBlocks>().size(), 1u);
    EXPECT_EQ(issued<AddBlocks>()[0].blocks,
              (std::vector<BlockEdit>{{{1, std::nullopt}, std::nullopt, 1}}));

    rest();
    click(45, heading_room + 12, 1);
    draw_frames(2);
    menu_item(0);
    draw_frames(2);
    press(true);
    draw_frame();
    press(false);
    draw_frames(2);
    ASSERT_EQ(issued<RemoveBlocks>().size(), 1u) << "hidden already: the same place shows it";
    EXPECT_TRUE(document_.edits.blocks.empty());
}

TEST_F(PanelsTest, AClickInTheEntropyPictureChoosesTheHead) {
    show(entropy_panel());
    const Index layers = reading_->request.model->model->layers();
    const Index heads = reading_->request.model->model->heads();
    ASSERT_LE(layers, 8);
    // In the columns of the heads: 24 for the indices, no cell wider than 40.
    const float cell = std::min(40.0f, std::floor((width - 24) / static_cast<float>(heads)));
    click(24 + cell * 1.5f, heading_room + 22 + 10);
    EXPECT_EQ(view_.selected, (HeadId{1, 1}));
    EXPECT_EQ(view_.hover.head, (HeadId{1, 1}));
}

TEST_F(PanelsTest, AClickOnABarChoosesTheToken) {
    show(entropy_by_token_panel());
    const float bar = (width - 24) / 5;
    click(24 + bar * 3.5f, heading_room + 60);
    EXPECT_EQ(view_.selected_query, 3);
    EXPECT_EQ(view_.hover.query, 3);
}

TEST_F(PanelsTest, OnlyTheCellThatIsPinnedIsCalledSo) {
    show(this_cell_panel());
    view_.pinned = ViewState::Pin{3, 1};
    ShownCell shown;
    draw_ = [&](Frame& frame) { shown = shown_cell(frame); };
    draw_frame();
    EXPECT_TRUE(shown.pinned);
    EXPECT_EQ(shown.query, 3);
    EXPECT_EQ(shown.key, 1);
    view_.hover.query = 2;
    view_.hover.key = 0;
    draw_frame();
    EXPECT_FALSE(shown.pinned) << "what is pointed at is another cell";
    EXPECT_EQ(shown.query, 2);
    EXPECT_EQ(shown.key, 0);
    view_.pinned = ViewState::Pin{77, 1};
    draw_frames(2);
    EXPECT_FALSE(shown.pinned) << "the sentence has become shorter";
}

TEST_F(PanelsTest, EveryPanelDrawsBeforeTheFirstReading) {
    for (const Panel& panel : {temperature_panel(), mask_panel(), silenced_heads_panel(),
                               tokens_panel(), entropy_panel(), entropy_by_token_panel(),
                               next_token_panel(), this_cell_panel(), edits_panel()}) {
        draw_ = panel.draw;
        draw_frames(2);
    }
    EXPECT_TRUE(issued_.empty());
}

TEST_F(PanelsTest, EveryPanelSurvivesASelectionOfAnotherModel) {
    view_.selected = {30, 30};
    view_.selected_query = 99;
    Edits edits;
    edits.blocks = {{{}, std::nullopt, 2}};
    for (const Panel& panel : {temperature_panel(), mask_panel(), silenced_heads_panel(),
                               tokens_panel(), entropy_panel(), entropy_by_token_panel(),
                               next_token_panel(), this_cell_panel(), edits_panel()}) {
        show(panel, "bert", edits);
        document_.edits.blocks = {{{}, std::nullopt, 77}, {{30, 30}, 88, 77}};
        view_.hover.query = 1234;
        view_.hover.key = 1234;
        draw_frames(2);
    }
}

TEST(PanelParts, NumbersAreShownWithTheirSigns) {
    EXPECT_EQ(shown_number(0.354f, 2), "0.35");
    EXPECT_EQ(shown_number(-0.354f, 2), "−0.35");
    EXPECT_EQ(shown_number(-0.001f, 2), "0.00");
    EXPECT_EQ(shown_number(std::nanf(""), 2), "–");
    EXPECT_EQ(shown_change(0.12f, 2), "+0.12");
    EXPECT_EQ(shown_change(-0.12f, 2), "−0.12");
    EXPECT_EQ(shown_change(0.004f, 2), "0.00");
}

TEST(PanelParts, LabelsLoseTheSpacesAroundThem) {
    EXPECT_EQ(bare_label(" the"), "the");
    EXPECT_EQ(bare_label("the"), "the");
    EXPECT_EQ(bare_label(" "), " ");
    EXPECT_EQ(bare_label(""), "");
}

TEST(TokenTilesTest, FindsTheTileUnderAPoint) {
    TokenTiles tiles;
    tiles.tiles = {{0, 30, 0}, {33, 20, 0}, {0, 40, 1}};
    tiles.row_starts = {0, 2, 3};
    EXPECT_EQ(tiles.token_at(10, 5, 1), 0);
    EXPECT_EQ(tiles.token_at(40, 5, 1), 1);
    EXPECT_EQ(tiles.token_at(10, 29, 1), 2);
    EXPECT_EQ(tiles.token_at(200, 5, 1), std::nullopt);
    EXPECT_EQ(tiles.token_at(10, 60, 1), std::nullopt);
    EXPECT_EQ(tiles.rows_between(0, 10, 1).last, 2);
    EXPECT_EQ(tiles.rows_between(29, 40, 1).first, 2);
    EXPECT_EQ(tiles.rows_between(-100, 500, 1).last, 3);
    EXPECT_EQ(tiles.rows_between(900, 990, 1).first, tiles.rows_between(900, 990, 1).last);
}

}  // namespace
}  // namespace fovea::app
