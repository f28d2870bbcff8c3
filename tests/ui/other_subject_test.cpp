// The sentence that is held against the one in view: the window's inside without a window.

#include "app/shell/subject_fields.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/session/aligned_tokens.h"
#include "tests/ui/application_fixture.h"
#include "tests/ui/whole_window.h"

namespace fovea::app {
namespace {

void press_with_control(Application& application, char32_t letter, bool shift) {
    application.press({.character = letter, .control = true, .shift = shift});
}

std::vector<std::int32_t> ids_of(const Reading& reading) {
    return reading.original->ids;
}

TEST(OtherSubjectTest, AKeyOpensItAsACopyAndClosesIt) {
    Application application(passing_options("gpt2", "w11 w12 w13"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    press_with_control(application, 'k', false);
    EXPECT_EQ(application.document().against, "w11 w12 w13");
    EXPECT_TRUE(application.against_prompt().focused());
    EXPECT_FALSE(application.prompt().focused());
    ASSERT_TRUE(reads(application)) << application.error();
    ASSERT_TRUE(application.other().reading());
    EXPECT_EQ(ids_of(*application.other().reading()), (std::vector<std::int32_t>{11, 12, 13}));
    EXPECT_EQ(application.other().reading()->forward_ms, 0) << "it has been read already";

    // All of it is selected: what is typed takes its place, and the first sentence stands.
    const auto shown = application.reading();
    type(application, "w20 w21");
    EXPECT_EQ(application.document().against, "w20 w21");
    EXPECT_EQ(application.document().text, "w11 w12 w13");
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(ids_of(*application.other().reading()), (std::vector<std::int32_t>{20, 21}));
    EXPECT_EQ(application.reading(), shown) << "the first is not read again";

    press_with_control(application, 'k', false);
    EXPECT_FALSE(application.document().against);
    EXPECT_FALSE(application.other().reading());
    EXPECT_TRUE(application.prompt().focused()) << "the keys have somewhere to go";
    application.undo();
    EXPECT_EQ(application.document().against, "w20 w21");
    ASSERT_TRUE(reads(application));
    EXPECT_EQ(ids_of(*application.other().reading()), (std::vector<std::int32_t>{20, 21}));
}

TEST(OtherSubjectTest, TheEditsActOnTheSentenceInView) {
    WindowOptions options = passing_options("gpt2", "w11 w12 w13");
    options.against = "w20 w21 w22";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const auto before = application.other().reading();
    ASSERT_TRUE(before);
    application.issue(SetTemperature{{}, 3});
    application.issue(AddBlocks{{{{}, 2, 0}}});
    ASSERT_TRUE(reads(application));
    EXPECT_TRUE(application.reading()->edited);
    EXPECT_EQ(application.other().reading(), before) << "it is as it was, and not read again";
    EXPECT_FALSE(before->edited);
}

TEST(OtherSubjectTest, ASwapReadsNothingAnewAndPaintFollowsItsTokens) {
    WindowOptions options = passing_options("gpt2", "w11 w12 w13 w14");
    options.against = "w11 w30 w12 w13 w15";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const auto a = application.reading()->original, b = application.other().reading()->original;
    press_with_control(application, 'k', true);
    EXPECT_EQ(application.document().text, "w11 w30 w12 w13 w15");
    EXPECT_EQ(application.document().against, "w11 w12 w13 w14");
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(application.reading()->original, b);
    EXPECT_EQ(application.other().reading()->original, a);
    EXPECT_EQ(application.reading()->forward_ms, 0);

    // w30 looks at w11, and w13 at w12.
    application.issue(AddBlocks{{{{}, 1, 0}, {{}, 3, 2}}});
    press_with_control(application, 'k', true);
    EXPECT_EQ(application.document().text, "w11 w12 w13 w14");
    EXPECT_EQ(application.document().edits.blocks, (std::vector<BlockEdit>{{{}, 2, 1}}));
    EXPECT_EQ(application.notice(),
              "1 of what was painted names a token that this sentence does not have; undo brings "
              "it back");
    application.undo();
    EXPECT_EQ(application.document().edits.blocks.size(), 2u);
    EXPECT_EQ(application.document().text, "w11 w30 w12 w13 w15");
}

TEST(OtherSubjectTest, ThePinStandsInTheSamePlaceWhenSwappedAndBack) {
    WindowOptions options = passing_options("gpt2", "w11 w12 w13 w14");
    options.against = "w11 w30 w20 w13 w14";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const ViewState::Pin pin{3, 1};
    application.view().pinned = pin;
    application.view().selected_query = 3;
    press_with_control(application, 'k', true);
    ASSERT_TRUE(reads(application));
    // w30 stands where w12 does, and w20 was put in behind it.
    EXPECT_EQ(application.view().pinned, (ViewState::Pin{4, 1}));
    EXPECT_EQ(application.view().selected_query, 4);
    press_with_control(application, 'k', true);
    ASSERT_TRUE(reads(application));
    EXPECT_EQ(application.view().pinned, pin);
    EXPECT_EQ(application.view().selected_query, 3);
}

TEST(OtherSubjectTest, ItIsReadByTheModelAtHandAndSharesPairAndSpecialTokens) {
    WindowOptions options = passing_options("bert", "w11 w12");
    options.pair = "w20";
    options.against = "w13";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(ids_of(*application.other().reading()), (std::vector<std::int32_t>{1, 13, 2, 20, 2}));
    application.issue(SetSpecialTokens{false});
    ASSERT_TRUE(reads(application));
    EXPECT_EQ(ids_of(*application.other().reading()), (std::vector<std::int32_t>{13, 20}));
    application.choose_model(folder_of("gpt2"));
    ASSERT_TRUE(comes(application, [&] {
        return application.reading() && application.settled() &&
               application.reading()->request.model->name == "gpt2";
    }));
    EXPECT_EQ(application.other().reading()->request.model, application.reading()->request.model);
}

TEST(OtherSubjectTest, AnEmptyOneIsNoErrorAndWhatCannotBeReadSaysWhy) {
    WindowOptions options = passing_options("gpt2", "w11 w12");
    options.against = "";
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_FALSE(application.other().reading());
    EXPECT_EQ(application.other().error(), "");
    EXPECT_EQ(other_marks(application).says, "");
    application.issue(SetAgainst{"w12 w13"});
    ASSERT_TRUE(reads(application));
    const SubjectMarks marks = other_marks(application);
    EXPECT_EQ(marks.says.rfind("next ", 0), 0u) << marks.says;
    EXPECT_FALSE(marks.is_error);
}

TEST(OtherSubjectTest, AGuessElsewhereInTheSentenceSaysWhere) {
    Application application(passing_options("gpt2", "w11 w12 w13"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    EXPECT_EQ(guess_in_words(*application.reading(), true).rfind("next ", 0), 0u);
    application.view().selected_query = 1;
    application.issue(SetTemperature{{}, 2});
    ASSERT_TRUE(reads(application));
    EXPECT_EQ(guess_in_words(*application.reading(), true).rfind("after “w12” ", 0), 0u)
        << guess_in_words(*application.reading(), true);
}

TEST(OtherSubjectTest, WhatItsContextHasNoRoomForIsSaid) {
    WindowOptions options = passing_options("gpt2", "w11 w12");
    Application application(options, [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    const Index context = application.model()->model->context();
    std::string text;
    for (Index i = 0; i < context + 3; ++i)
        text += "w12 ";
    application.issue(SetAgainst{text});
    ASSERT_TRUE(reads(application));
    const Reading& other = *application.other().reading();
    ASSERT_GT(other.tokens_cut, 0);
    const std::string says = other_marks(application).says;
    EXPECT_EQ(says.rfind(fmt::format("the last {} tokens were not read", other.tokens_cut), 0), 0u)
        << says;
    EXPECT_EQ(other_field(application).cut, other.cut_at);
}

TEST(OtherSubjectTest, ASessionOpensWithBoth) {
    Application application(passing_options("gpt2", "w11 w12"), [] {});
    ASSERT_TRUE(reads(application)) << application.error();
    Session session{application.document(), application.view()};
    session.document.text = "w20 w21";
    session.document.against = "w22";
    session.document.analysis_parameters = {{"lens.colour", "rank"}};
    const auto read = parse_session(session_to_json(session), "s.json");
    ASSERT_TRUE(read.ok()) << read.message();
    WindowOptions options;
    options.session = *read;
    options.screenshot = "unused.png";
    Application opened(options, [] {});
    ASSERT_TRUE(reads(opened)) << opened.error();
    EXPECT_EQ(opened.document(), session.document);
    EXPECT_EQ(ids_of(*opened.other().reading()), (std::vector<std::int32_t>{22}));
}

/// In a window that is drawn.
class OtherSubjectWindowTest : public WholeWindowTest {};

TEST_F(OtherSubjectWindowTest, TheStripShowsBothAndWhatDiffers) {
    WindowOptions options = options_of("gpt2", "w11 w12 w13 w14");
    options.against = "w11 w30 w12 w13 w15";
    open(options, 1440, 900);
    frames(3);
    const Application& app = application();
    ASSERT_TRUE(app.other().reading());
    // [w11 w30 w12 w13 w15] beside [w11 w12 w13 w14]
    const TokenAlignment aligned =
        aligned_tokens(app.reading()->tokens, app.other().reading()->tokens);
    EXPECT_EQ(aligned, (TokenAlignment{0, 2, 3, 4}));
    EXPECT_NE(region("other"), nullptr) << "a row of its own";
}

}  // namespace
}  // namespace fovea::app
