// The window's inside without a window: what it says and for how long.

#include "app/shell/application.h"

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include "app/shell/shortcuts.h"
#include "app/shell/status_line.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

TEST(ApplicationTest, WhatWasTakenAwayIsSaidUntilTheNextAction) {
    Edits edits;
    edits.temperatures = {{{}, 2}};
    edits.ablations = {{{77, 1}, AblationTarget::zero}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.document().edits.count(), 1);
    EXPECT_NE(application.notice().find("1 of the edits"), std::string::npos)
        << application.notice();
    EXPECT_EQ(application.error(), "");

    application.issue(SetText{"w11 w12 w14"});
    EXPECT_EQ(application.notice(), "");
    ASSERT_TRUE(reads(application));
    application.undo();
    application.undo();
    EXPECT_EQ(application.document().edits.count(), 2);
}

TEST(ApplicationTest, EveryStepOfUndoAfterAnotherModelCanBeRead) {
    Edits edits;
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const Index heads = application.model()->model->heads();
    const std::string first = application.document().model;

    application.issue(SetAblation{{0, heads - 1}, AblationTarget::zero});
    ASSERT_TRUE(reads(application));
    application.choose_model(folder_of("gpt2"));
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_NE(application.document().model, first);
    while (application.history().can_undo()) {
        application.undo();
        ASSERT_TRUE(reads(application));
        EXPECT_EQ(application.error(), "");
    }
    EXPECT_EQ(application.document().model, first);
}

TEST(ApplicationTest, AMaskFollowsItsTokenIntoAnotherModelAndOneStepBack) {
    Edits edits;
    edits.blocks = {{{}, std::nullopt, 2}, {{1, std::nullopt}, 3, 1}};
    Application application(options_with(edits), [] {});  // bert: [CLS] w11 w12 w13 [SEP]
    ASSERT_TRUE(reads(application)) << application.error();
    const Document before = application.document();
    application.choose_model(folder_of("gpt2"));
    ASSERT_TRUE(comes(application, [&] {
        return application.settled() && application.reading() &&
               application.reading()->request.model->name == "gpt2";
    }));
    ASSERT_EQ(application.reading()->labels[1], "w12");
    EXPECT_EQ(application.document().edits.blocks, (std::vector<BlockEdit>{{{}, std::nullopt, 1}}))
        << "w12 is another number without [CLS]";
    EXPECT_NE(application.notice().find("1 of the edits named layers, heads, parts or tokens"),
              std::string::npos)
        << application.notice();
    application.undo();
    EXPECT_EQ(application.document(), before) << "all of it in one step";
}

TEST(ApplicationTest, TextAndShortcutsOfOneFrameKeepTheirOrder) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    // No frame is drawn between any of these.
    strike(application, GLFW_KEY_END);
    type(application, "a");
    strike_with_control(application, 'z');
    type(application, "b");
    EXPECT_EQ(application.document().text, "w11 w12 w13b");
    type(application, "c");
    strike(application, GLFW_KEY_TAB);
    type(application, "d");
    EXPECT_EQ(application.document().text, "w11 w12 w13bcd");
    EXPECT_FALSE(application.document().edits_enabled);
    strike(application, GLFW_KEY_ENTER);
    type(application, "e");
    EXPECT_EQ(application.document().text, "w11 w12 w13bcd\ne");
    application.press({.character = 'l', .control = true});  // all of it
    type(application, "w10");
    EXPECT_EQ(application.document().text, "w10");
}

TEST(ApplicationTest, ASecondSentenceIsTypedReadAndTakenBack) {
    Edits edits;
    // [CLS] w11 w12 w13 [SEP]
    edits.blocks = {{{}, std::nullopt, 2}};
    Application application(options_with(edits), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    strike_with_control(application, 'j');
    EXPECT_TRUE(application.pair_prompt().focused());
    type(application, "w20 w21");
    EXPECT_EQ(application.document().pair, "w20 w21");
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->original->ids,
              (std::vector<std::int32_t>{1, 11, 12, 13, 2, 20, 21, 2}));
    EXPECT_EQ(application.reading()->original->token_types,
              (std::vector<std::int32_t>{0, 0, 0, 0, 0, 1, 1, 1}));
    // What is painted on the second sentence follows what is typed into the first, and the other
    // way round.
    application.issue(AddBlocks{{{{}, 6, std::nullopt}}});
    application.issue(SetText{"w30 w11 w12 w13"});
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 3}, {{}, 7, std::nullopt}}));
    application.issue(SetPair{"w31 w20 w21"});
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 3}, {{}, 8, std::nullopt}}));
    // Without special tokens all move.
    strike_with_control(application, 'b');
    EXPECT_FALSE(application.document().special_tokens);
    EXPECT_EQ(application.document().edits.blocks,
              (std::vector<BlockEdit>{{{}, std::nullopt, 2}, {{}, 6, std::nullopt}}));
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->original->ids,
              (std::vector<std::int32_t>{30, 11, 12, 13, 31, 20, 21}));
    strike_with_control(application, 'b');
    application.press({.character = 'j', .control = true, .shift = true});
    EXPECT_FALSE(application.document().pair);
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->tokens.size(), 6u);
    application.undo();
    EXPECT_EQ(application.document().pair, "w31 w20 w21");
    while (application.history().can_undo())
        application.undo();
    EXPECT_FALSE(application.document().pair);
    EXPECT_EQ(application.document().edits.blocks, edits.blocks);
}

TEST(ApplicationTest, AModelWithoutATemplateSaysSoAndReadsTheFirstAlone) {
    WindowOptions options = passing_options("gpt2", "w11 w12 w13");
    options.pair = "w20";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.notice(),
              "gpt2 takes no second sentence: its tokenizer has no template for pairs");
    EXPECT_EQ(application.reading()->tokens.size(), 3u);
    application.issue(SetPair{std::nullopt});
    EXPECT_EQ(application.notice(), "");
    strike_with_control(application, 'j');
    EXPECT_FALSE(application.document().pair);
    EXPECT_NE(application.notice().find("takes no second sentence"), std::string::npos);
}

TEST(ApplicationTest, AnEmptySentenceIsNoError) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    application.issue(SetText{""});
    ASSERT_TRUE(settles(application));
    EXPECT_EQ(application.error(), "");
    EXPECT_TRUE(application.sentence_is_empty());
    EXPECT_FALSE(application.reading());
    application.issue(SetText{"w12"});
    ASSERT_TRUE(reads(application));
    EXPECT_FALSE(application.sentence_is_empty());
    EXPECT_EQ(application.error(), "");
}

TEST(ApplicationTest, NothingOfAModelStandsUnderAnothersName) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_EQ(application.shown_name(), "bert");
    // Cleared, then another model.
    application.issue(SetText{""});
    ASSERT_TRUE(settles(application));
    application.choose_model(folder_of("gpt2"));
    ASSERT_TRUE(settles(application));
    EXPECT_EQ(application.shown_name(), "gpt2");
    EXPECT_FALSE(application.reading());
    EXPECT_EQ(application.error(), "");

    application.issue(SetText{"w11 w12"});
    ASSERT_TRUE(reads(application)) << application.error();
    // One that cannot read the sentence.
    test::TemporaryFolder folder("fovea-no-tokenizer-");
    test::put_small_model(folder.path() / "mute", "bert");
    std::filesystem::remove(folder.path() / "mute/tokenizer.json");
    application.choose_model((folder.path() / "mute").string());
    // The old picture stands under its own name until then.
    comes(application, [&] {
        if (application.error().empty() && application.reading()) {
            EXPECT_EQ(application.shown_name(), "gpt2");
        }
        return !application.error().empty();
    });
    EXPECT_NE(application.error().find("tokenizer"), std::string::npos) << application.error();
    EXPECT_EQ(application.shown_name(), "mute");
    EXPECT_FALSE(application.reading());
}

TEST(ApplicationTest, EscapeTakesOneThingAfterAnother) {
    Application application(options_with({}), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    ViewState& view = application.view();
    const auto escape = [&] { strike(application, GLFW_KEY_ESCAPE); };
    application.open_search(ViewState::Search::Entry::words);
    application.prompt().focus(true);
    view.show_keys = true;
    view.paint = PaintTool::row;
    view.pinned = ViewState::Pin{1, 2};
    view.selected_query = 3;
    // What is still there, from the topmost on.
    const auto there = [&] {
        return std::vector<bool>{view.show_keys,
                                 application.prompt().focused(),
                                 view.search.entry != ViewState::Search::Entry::closed,
                                 view.paint != PaintTool::none,
                                 view.pinned.has_value(),
                                 view.selected_query.has_value()};
    };
    for (size_t closed = 0; closed <= 6; ++closed) {
        std::vector<bool> expected(6, true);
        for (size_t i = 0; i < closed; ++i)
            expected[i] = false;
        EXPECT_EQ(there(), expected) << "after " << closed;
        escape();
    }
}

TEST(ApplicationTest, KeysThatAreTheWindowsOwnWhateverIsTypedInto) {
    const auto control = [](char32_t letter, bool shift = false) {
        return KeyPress{.character = letter, .control = true, .shift = shift};
    };
    for (const KeyPress& own :
         {KeyPress{.key = GLFW_KEY_F1}, KeyPress{.key = GLFW_KEY_F3},
          KeyPress{.key = GLFW_KEY_F3, .shift = true}, control('g'), control('f'), control('l'),
          control('o'), control('e'), control('d'), control('c', true)})
        EXPECT_TRUE(is_windows_own(own)) << own.key << ' ' << static_cast<int>(own.character);
    for (const KeyPress& theirs :
         {KeyPress{.key = GLFW_KEY_ESCAPE}, KeyPress{.key = GLFW_KEY_TAB},
          KeyPress{.key = GLFW_KEY_ENTER}, KeyPress{.key = GLFW_KEY_LEFT},
          KeyPress{.character = 'g'}, control('a'), control('c'), control('x'), control('v'),
          control('z'), control('z', true), control('y')})
        EXPECT_FALSE(is_windows_own(theirs))
            << theirs.key << ' ' << static_cast<int>(theirs.character);
}

TEST(StatusLineTest, APassThatWasNoneTookNoTime) {
    EXPECT_EQ(forward_words(0), "forward unchanged");
    EXPECT_EQ(forward_words(0.03), "forward < 0.1 ms");
    EXPECT_EQ(forward_words(2.14), "forward 2.1 ms");
    EXPECT_EQ(forward_words(12000), "forward 12.0 s");
}

}  // namespace
}  // namespace fovea::app
