#include "app/panels/map_paint.h"

#include <gtest/gtest.h>

namespace fovea::app {
namespace {

ViewState view_with(PaintTool tool, ViewState::PaintScope scope) {
    ViewState view;
    view.selected = {2, 5};
    view.paint = tool;
    view.paint_scope = scope;
    return view;
}

void play(Document& document, const std::optional<Command>& command) {
    ASSERT_TRUE(command);
    EXPECT_TRUE(apply(document, *command));
}

TEST(Paint, AStrokeBlocksItsCellsInTheChosenHead) {
    Document document;
    const auto view = view_with(PaintTool::paint, ViewState::PaintScope::head);
    const std::vector<Cell> stroke = {{4, 1}, {4, 2}, {5, 3}, {4, 1}};
    play(document, paint_command(view, document.edits, stroke));
    ASSERT_EQ(document.edits.blocks.size(), 3u);
    EXPECT_EQ(document.edits.blocks[0], (BlockEdit{{2, 5}, 4, 1}));
    // What is there already is not asked for again.
    EXPECT_FALSE(paint_command(view, document.edits, stroke));
}

TEST(Paint, RowsAndColumnsBlockWholeTokens) {
    Document document;
    const std::vector<Cell> stroke = {{4, 1}, {4, 2}};
    play(document, paint_command(view_with(PaintTool::row, ViewState::PaintScope::layer),
                                 document.edits, stroke));
    play(document, paint_command(view_with(PaintTool::column, ViewState::PaintScope::all),
                                 document.edits, stroke));
    const std::vector<BlockEdit> expected = {
        {{2, std::nullopt}, 4, std::nullopt}, {{}, std::nullopt, 1}, {{}, std::nullopt, 2}};
    EXPECT_EQ(document.edits.blocks, expected);
}

TEST(Paint, EraseTakesAwayWhateverHidesTheCellInThisHead) {
    Document document;
    document.edits.blocks = {{{2, 5}, 4, 1},
                             {{}, std::nullopt, 1},
                             {{2, std::nullopt}, 4, std::nullopt},
                             {{1, 5}, 4, 1},   // another layer
                             {{2, 5}, 3, 2}};  // another cell
    const auto view = view_with(PaintTool::erase, ViewState::PaintScope::head);
    const std::vector<Cell> stroke = {{4, 1}};
    play(document, paint_command(view, document.edits, stroke));
    const std::vector<BlockEdit> left = {{{1, 5}, 4, 1}, {{2, 5}, 3, 2}};
    EXPECT_EQ(document.edits.blocks, left);
    EXPECT_FALSE(paint_command(view, document.edits, stroke));
}

TEST(Paint, OneStrokeIsOneStepOfUndo) {
    History history;
    const auto view = view_with(PaintTool::paint, ViewState::PaintScope::head);
    double now = 0;
    for (Index i = 0; i < 5; ++i) {
        const std::vector<Cell> piece = {{i, i}, {i + 1, i}};
        if (const auto command = paint_command(view, history.document().edits, piece))
            history.issue(*command, now += 0.3);
    }
    history.end_gesture();
    EXPECT_EQ(history.document().edits.blocks.size(), 10u);
    EXPECT_TRUE(history.undo());
    EXPECT_TRUE(history.document().edits.blocks.empty());
}

TEST(Paint, CollectsWhatIsHiddenFromOneHeadAndForgetsWhatIsBeyondTheSentence) {
    Edits edits;
    edits.blocks = {{{2, 5}, 4, 1},         {{2, 5}, 0, 1},
                    {{}, std::nullopt, 3},  {{2, std::nullopt}, 6, std::nullopt},
                    {{}, std::nullopt, 99}, {{1, 1}, 2, 2}};
    const PaintedBlocks painted = painted_blocks(edits, {{2, 5}, 10, 10});
    EXPECT_EQ(painted.cells, (std::vector<Cell>{{0, 1}, {4, 1}}));
    EXPECT_EQ(painted.keys, (std::vector<Index>{3}));
    EXPECT_TRUE(painted.hides_query(6));
    EXPECT_FALSE(painted.hides_key(99));
}

TEST(Silence, TogglesOneHead) {
    Document document;
    const ModelSize size{4, 8};
    play(document, toggle_head(document.edits, {1, 2}, size));
    EXPECT_TRUE(is_silenced(document.edits, {1, 2}));
    EXPECT_FALSE(is_silenced(document.edits, {1, 3}));
    play(document, toggle_head(document.edits, {1, 2}, size));
    EXPECT_TRUE(document.edits.ablations.empty());
}

TEST(Silence, OneHeadOfASilencedLayerSpeaksAgainTheOthersStaySilent) {
    Document document;
    const ModelSize size{4, 8};
    play(document, toggle_layer(document.edits, 1, size));
    document.edits.ablations.push_back({{std::nullopt, 6}, AblationTarget::mean});
    EXPECT_TRUE(is_layer_silenced(document.edits, 1, size));
    play(document, toggle_head(document.edits, {1, 6}, size));
    for (Index l = 0; l < 4; ++l) {
        for (Index h = 0; h < 8; ++h) {
            const bool expected = (l == 1 && h != 6) || (h == 6 && l != 1);
            EXPECT_EQ(is_silenced(document.edits, {l, h}), expected) << l << ' ' << h;
        }
    }
    play(document, toggle_layer(document.edits, 1, size));  // not all: silences the rest
    EXPECT_TRUE(is_layer_silenced(document.edits, 1, size));
    play(document, toggle_layer(document.edits, 1, size));
    EXPECT_FALSE(is_silenced(document.edits, {1, 0}));
    EXPECT_TRUE(is_silenced(document.edits, {0, 6}));
}

}  // namespace
}  // namespace fovea::app
