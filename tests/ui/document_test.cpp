#include "app/state/document.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace fovea::app {
namespace {

Document start() {
    Document document;
    document.model = "some-model";
    document.text = "The cat sat.";
    document.edits.temperatures = {{{}, 2.0f}, {{1, 2}, 0.5f}};
    document.edits.blocks = {{{0, std::nullopt}, 3, 1}, {{}, std::nullopt, 4}};
    document.edits.ablations = {{{1, 1}, AblationTarget::zero}};
    return document;
}

/// One of every kind, each of which changes start().
std::vector<Command> every_command() {
    return {SetText{"The dog sat."},
            SetModel{"another-model"},
            SetTemperature{{}, 3.0f},
            SetTemperature{{}, 1.0f},
            SetTemperature{{1, std::nullopt}, 0.7f},
            SetTemperature{{std::nullopt, 2}, 0.7f},
            SetMask{{MaskKind::none, 0}},
            SetMask{{MaskKind::causal, 0}},
            SetMask{{MaskKind::window, 4}},
            AddBlocks{{{{2, 3}, 1, 1}, {{2, 3}, 1, 2}}},
            RemoveBlocks{{{{0, std::nullopt}, 3, 1}}},
            SetAblation{{0, 0}, AblationTarget::mean},
            SetAblation{{1, 1}, AblationTarget::mean},
            SetAblation{{1, 1}, std::nullopt},
            SetEdits{},
            EnableEdits{false},
            SetPictureOnly{true}};
}

TEST(Apply, EveryCommandChangesTheDocumentOnce) {
    for (const Command& command : every_command()) {
        Document document = start();
        EXPECT_TRUE(apply(document, command)) << describe(command);
        EXPECT_NE(document, start()) << describe(command);
        const Document once = document;
        EXPECT_FALSE(apply(document, command)) << describe(command);
        EXPECT_EQ(document, once) << describe(command);
    }
}

TEST(Apply, TemperatureIsOfExactlyItsScope) {
    Document document = start();
    ASSERT_TRUE(apply(document, SetTemperature{{1, std::nullopt}, 4.0f}));
    const std::vector<TemperatureEdit> expected = {
        {{}, 2.0f}, {{1, 2}, 0.5f}, {{1, std::nullopt}, 4.0f}};
    EXPECT_EQ(document.edits.temperatures, expected);
    ASSERT_TRUE(apply(document, SetTemperature{{1, 2}, 1.0f}));
    ASSERT_TRUE(apply(document, SetTemperature{{}, 1.0f}));
    const std::vector<TemperatureEdit> left = {{{1, std::nullopt}, 4.0f}};
    EXPECT_EQ(document.edits.temperatures, left);
}

TEST(Apply, TemperatureOfAScopeNamedTwiceBecomesOne) {
    Document document;
    document.edits.temperatures = {{{0, 0}, 2.0f}, {{}, 3.0f}, {{0, 0}, 2.0f}};
    ASSERT_TRUE(apply(document, SetTemperature{{0, 0}, 2.0f}));
    const std::vector<TemperatureEdit> expected = {{{0, 0}, 2.0f}, {{}, 3.0f}};
    EXPECT_EQ(document.edits.temperatures, expected);
}

TEST(Apply, RefusesTemperaturesAndWindowsOutOfTheirDomain) {
    Document document = start();
    for (const float value : {0.0f, -1.0f, std::numeric_limits<float>::infinity(),
                              std::numeric_limits<float>::quiet_NaN()})
        EXPECT_FALSE(apply(document, SetTemperature{{0, 0}, value})) << value;
    EXPECT_FALSE(apply(document, SetMask{{MaskKind::window, 0}}));
    EXPECT_EQ(document, start());
}

TEST(Apply, BlocksAreASetWithExactScopes) {
    Document document;
    const BlockEdit everywhere{{}, 1, 2};
    const BlockEdit in_layer{{0, std::nullopt}, 1, 2};
    ASSERT_TRUE(apply(document, AddBlocks{{everywhere, in_layer, everywhere}}));
    EXPECT_EQ(document.edits.blocks, (std::vector<BlockEdit>{everywhere, in_layer}));
    EXPECT_FALSE(apply(document, AddBlocks{{in_layer}}));
    EXPECT_FALSE(apply(document, RemoveBlocks{{{{0, 0}, 1, 2}}}));
    ASSERT_TRUE(apply(document, RemoveBlocks{{everywhere}}));
    EXPECT_EQ(document.edits.blocks, (std::vector<BlockEdit>{in_layer}));
}

TEST(Apply, ABlockThatHidesNothingIsNotAdded) {
    Document document;
    EXPECT_FALSE(apply(document, AddBlocks{{BlockEdit{}}}));
}

TEST(Apply, AnotherModelKeepsOnlyWhatHoldsEverywhere) {
    Document document = start();
    ASSERT_TRUE(apply(document, SetModel{"another-model"}));
    EXPECT_EQ(document.edits.temperatures, (std::vector<TemperatureEdit>{{{}, 2.0f}}));
    EXPECT_EQ(document.edits.blocks, (std::vector<BlockEdit>{{{}, std::nullopt, 4}}));
    EXPECT_TRUE(document.edits.ablations.empty());
}

TEST(Apply, AnotherModelTakesTheEditsThatItIsGiven) {
    Document document = start();
    Edits kept;
    kept.blocks = {{{}, std::nullopt, 3}};
    ASSERT_TRUE(apply(document, SetModel{"another-model", kept}));
    EXPECT_EQ(document.edits, kept);
}

TEST(Describe, SaysWhatAndWhere) {
    EXPECT_EQ(describe(SetTemperature{{2, 5}, 2.0f}), "temperature of layer 2 head 5");
    EXPECT_EQ(describe(SetTemperature{{}, 2.0f}), "temperature of all heads");
    EXPECT_EQ(describe(SetTemperature{{3, std::nullopt}, 2.0f}), "temperature of layer 3");
    EXPECT_EQ(describe(AddBlocks{{{{}, 1, 2}}}), "hiding cell 1, 2");
    EXPECT_EQ(describe(AddBlocks{{{{}, std::nullopt, 2}}}), "hiding key 2");
    EXPECT_EQ(describe(AddBlocks{{{{}, 3, std::nullopt}}}), "hiding query 3");
    EXPECT_EQ(describe(RemoveBlocks{{{{}, 1, 2}, {{}, 1, 3}}}), "showing 2 cells");
    EXPECT_EQ(describe(SetAblation{{1, 1}, AblationTarget::zero}), "silencing layer 1 head 1");
    EXPECT_EQ(describe(SetAblation{{1, 1}, std::nullopt}), "restoring layer 1 head 1");
    EXPECT_EQ(describe(SetEdits{}), "reset of all edits");
}

TEST(History, EveryCommandIsUndoneAndRedoneToTheIdenticalDocument) {
    for (const Command& command : every_command()) {
        History history(start());
        ASSERT_TRUE(history.issue(command, 0));
        const Document after = history.document();
        EXPECT_EQ(history.undo_label(), describe(command));
        ASSERT_TRUE(history.undo());
        EXPECT_EQ(history.document(), start()) << describe(command);
        EXPECT_FALSE(history.can_undo());
        EXPECT_EQ(history.redo_label(), describe(command));
        ASSERT_TRUE(history.redo());
        EXPECT_EQ(history.document(), after) << describe(command);
        EXPECT_FALSE(history.can_redo());
    }
}

TEST(History, WhatChangesNothingIsNoStep) {
    History history(start());
    const auto revision = history.revision();
    EXPECT_FALSE(history.issue(SetText{start().text}, 0));
    EXPECT_FALSE(history.can_undo());
    EXPECT_EQ(history.revision(), revision);
}

TEST(History, EveryChangeBumpsTheRevision) {
    History history;
    auto last = history.revision();
    const auto grew = [&] {
        const bool larger = history.revision() > last;
        last = history.revision();
        return larger;
    };
    history.issue(SetText{"a"}, 0);
    EXPECT_TRUE(grew());
    history.undo();
    EXPECT_TRUE(grew());
    history.redo();
    EXPECT_TRUE(grew());
    history.reset(start());
    EXPECT_TRUE(grew());
    EXPECT_FALSE(history.can_undo());
}

/// Types a text key by key, `seconds` apart; returns the time of the last key.
double type(History& history, std::string_view keys, double now, double seconds) {
    for (const char key : keys) {
        now += seconds;
        history.issue(SetText{history.document().text + key}, now);
    }
    return now;
}

TEST(History, TheKeysOfOneWordAreOneStep) {
    History history;
    type(history, "the cat sat", 0, 0.1);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "the cat ");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "the ");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "");
    EXPECT_FALSE(history.undo());
    while (history.redo()) {
    }
    EXPECT_EQ(history.document().text, "the cat sat");
}

TEST(History, APauseEndsTheWord) {
    History history;
    const double now = type(history, "hal", 0, 0.1);
    type(history, "lo", now + 2, 0.1);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "hal");
}

TEST(History, DeletingAndPastingAreStepsOfTheirOwn) {
    History history;
    type(history, "cats", 0, 0.1);
    history.issue(SetText{"cat"}, 0.5);
    history.issue(SetText{"ca"}, 0.6);
    history.issue(SetText{"ca and a long pasted tail"}, 0.7);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "ca");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "cats");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "");
}

TEST(History, ADragOfASliderIsOneStep) {
    History history;
    for (int i = 2; i < 50; ++i)
        history.issue(SetTemperature{{0, 1}, 1 + 0.1f * static_cast<float>(i)}, i);
    history.end_gesture();
    history.issue(SetTemperature{{0, 1}, 9.0f}, 51);
    history.end_gesture();
    ASSERT_TRUE(history.undo());
    EXPECT_FLOAT_EQ(history.document().edits.temperatures.at(0).value, 5.9f);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document(), Document{});
}

TEST(History, WhatTheModelWritesInEitherSentenceIsAStepEach) {
    History history;
    history.issue(SetPair{"a"}, 0);
    history.issue(SetPair{.pair = "ab", .written = true}, 0);
    history.issue(SetPair{.pair = "abc", .written = true}, 0);
    history.issue(SetText{.text = "x", .written = true}, 0);
    for (const char* pair : {"abc", "ab", "a"}) {
        ASSERT_TRUE(history.undo());
        EXPECT_EQ(history.document().pair, pair);
        EXPECT_EQ(history.document().text, "");
    }
}

TEST(History, TheOtherSentenceIsOpenedTypedSwappedAndClosedInStepsOfItsOwn) {
    History history;
    history.issue(SetText{"one"}, 0);
    history.issue(SetAgainst{"one"}, 0);
    history.end_gesture();
    for (const char* typed : {"one", "onet", "onetw", "onetwo"})
        history.issue(SetAgainst{typed}, 0);
    EXPECT_EQ(history.undo_label(), "typing sentence B");
    history.issue(SwapSubjects{}, 0);
    EXPECT_EQ(history.undo_label(), "swapping A and B");
    EXPECT_EQ(history.document().text, "onetwo");
    EXPECT_EQ(history.document().against, "one");
    history.issue(SetAgainst{}, 0);
    EXPECT_FALSE(history.issue(SwapSubjects{}, 0)) << "there is nothing to swap with";
    EXPECT_FALSE(history.document().against);

    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().against, "one");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().text, "one");
    EXPECT_EQ(history.document().against, "onetwo");
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().against, "one") << "the keys of a word are one step";
    ASSERT_TRUE(history.undo());
    EXPECT_FALSE(history.document().against);
    for (int i = 0; i < 4; ++i)
        ASSERT_TRUE(history.redo());
    EXPECT_EQ(history.document().text, "onetwo");
}

TEST(History, WhatAnAnalysisIsSetToIsAStep) {
    History history;
    EXPECT_FALSE(history.issue(SetAnalysisParameter{"lens.colour", ""}, 0)) << "as it is";
    ASSERT_TRUE(history.issue(SetAnalysisParameter{"lens.colour", "rank"}, 0));
    EXPECT_EQ(history.undo_label(), "colour of lens");
    ASSERT_TRUE(history.issue(SetAnalysisParameter{"lens.colour", "entropy"}, 0));
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().analysis_parameters.at("lens.colour"), "rank");
    ASSERT_TRUE(history.issue(SetAnalysisParameter{"lens.colour", ""}, 0));
    EXPECT_EQ(history.document(), Document{});
}

TEST(History, AnotherSliderIsAnotherStep) {
    History history;
    history.issue(SetTemperature{{0, 1}, 2.0f}, 0);
    history.issue(SetTemperature{{0, 2}, 2.0f}, 0);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().edits.temperatures.size(), 1u);
}

TEST(History, ASliderDraggedBackIsNoStep) {
    History history;
    history.issue(SetTemperature{{0, 1}, 2.0f}, 0);
    history.issue(SetTemperature{{0, 1}, 1.0f}, 0);
    history.end_gesture();
    EXPECT_FALSE(history.can_undo());
}

TEST(History, AStrokeOfPaintIsOneStep) {
    History history;
    for (Index key = 0; key < 20; ++key)
        history.issue(AddBlocks{{{{0, 1}, 5, key}}}, 0);
    history.end_gesture();
    history.issue(AddBlocks{{{{0, 1}, 6, 0}}}, 0);
    history.end_gesture();
    history.issue(RemoveBlocks{{{{0, 1}, 5, 0}}}, 0);
    history.issue(RemoveBlocks{{{{0, 1}, 5, 1}}}, 0);
    history.end_gesture();
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().edits.blocks.size(), 21u);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document().edits.blocks.size(), 20u);
    ASSERT_TRUE(history.undo());
    EXPECT_EQ(history.document(), Document{});
}

TEST(History, ClicksAreNeverJoined) {
    History history;
    history.issue(SetAblation{{0, 1}, AblationTarget::zero}, 0);
    history.issue(SetAblation{{0, 1}, AblationTarget::mean}, 0);
    history.issue(SetMask{{MaskKind::none, 0}}, 0);
    history.issue(SetMask{{MaskKind::causal, 0}}, 0);
    int steps = 0;
    while (history.undo())
        ++steps;
    EXPECT_EQ(steps, 4);
}

TEST(History, ANewStepForgetsTheFuture) {
    History history;
    history.issue(SetMask{{MaskKind::none, 0}}, 0);
    history.undo();
    history.issue(SetMask{{MaskKind::causal, 0}}, 0);
    EXPECT_FALSE(history.can_redo());
    EXPECT_EQ(history.redo_label(), "");
}

Command random_command(std::mt19937& random) {
    const auto below = [&](int limit) { return static_cast<Index>(random() % unsigned(limit)); };
    const auto scope = [&] {
        Scope result;
        if (below(2)) result.layer = below(3);
        if (below(2)) result.head = below(3);
        return result;
    };
    const auto block = [&] {
        BlockEdit result{scope(), std::nullopt, std::nullopt};
        if (below(3)) result.query = below(5);
        if (below(3)) result.key = below(5);
        return result;
    };
    switch (below(10)) {
        case 0:
            return SetText{std::string(static_cast<size_t>(below(9)), 'a') + " b"};
        case 1:
            return SetModel{std::string(1, static_cast<char>('a' + below(3)))};
        case 2:
            return SetTemperature{scope(), 0.5f * static_cast<float>(below(6))};
        case 3:
            return SetMask{{static_cast<MaskKind>(below(4)), below(4)}};
        case 4:
            return AddBlocks{{block(), block()}};
        case 5:
            return RemoveBlocks{{block(), block(), block()}};
        case 6:
            return SetAblation{scope(), below(2) ? std::optional(AblationTarget::mean)
                                                 : std::optional<AblationTarget>()};
        case 7:
            return SetEdits{start().edits};
        case 8:
            return EnableEdits{below(2) == 1};
        default:
            return SetPictureOnly{below(2) == 1};
    }
}

TEST(History, AThousandRandomCommandsAreUndoneToTheStartAndRedoneToTheEnd) {
    for (unsigned seed = 0; seed < 5; ++seed) {
        std::mt19937 random(seed);
        History history(start());
        std::vector<Document> seen = {start()};
        for (int i = 0; i < 1000; ++i) {
            const bool changed = history.issue(random_command(random), 10.0 * i);
            history.end_gesture();  // every command its own step
            if (changed) seen.push_back(history.document());
        }
        const Document end = history.document();
        for (size_t i = seen.size(); i-- > 1;) {
            ASSERT_EQ(history.document(), seen[i]) << "seed " << seed << " step " << i;
            ASSERT_TRUE(history.undo());
        }
        EXPECT_EQ(history.document(), start());
        EXPECT_FALSE(history.undo());
        while (history.redo()) {
        }
        EXPECT_EQ(history.document(), end);
    }
}

TEST(History, RandomGesturesUndoToTheStartToo) {
    std::mt19937 random(7);
    History history(start());
    for (int i = 0; i < 1000; ++i) {
        history.issue(random_command(random), 0.2 * i);
        if (random() % 4 == 0) history.end_gesture();
        if (random() % 16 == 0) history.undo();
        if (random() % 16 == 0) history.redo();
    }
    while (history.redo()) {
    }
    const Document newest = history.document();
    while (history.undo()) {
    }
    EXPECT_EQ(history.document(), start());
    while (history.redo()) {
    }
    EXPECT_EQ(history.document(), newest);
}

TEST(History, ThePastIsBoundedByMemory) {
    History history;
    for (int i = 0; i < 200; ++i)
        history.issue(SetText{std::string(1'000'000, static_cast<char>('a' + i % 26))}, 10.0 * i);
    int steps = 0;
    while (history.undo())
        ++steps;
    EXPECT_GE(steps, 50);
    EXPECT_LE(steps, 70);
}

}  // namespace
}  // namespace fovea::app
