// A language model writes on request, token by token.

#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

#include "app/shell/shortcuts.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {
namespace {

/// A language model reads, and writes when it is told to.
class WritingTest : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(reads(application_)) << application_.error(); }
    bool writes(int tokens) {
        const size_t wanted = application_.reading()->tokens.size() + static_cast<size_t>(tokens);
        return comes(application_, [&] { return application_.reading()->tokens.size() >= wanted; });
    }
    std::int32_t likeliest() const { return application_.reading()->predictions[0].id; }
    std::int32_t last() const { return application_.reading()->tokens.back().id; }

    Application application_{passing_options("gpt2", test::words(5)), [] {}};
};

TEST_F(WritingTest, EachTokenIsTheLikeliestShownAndOneStepOfUndo) {
    const std::string first = application_.document().text;
    Edits edits;
    edits.temperatures = {{{}, 0.1f}};
    edits.ablations = {{{0, 0}, AblationTarget::zero}};
    application_.issue(SetEdits{edits});
    ASSERT_TRUE(reads(application_));
    // Chosen before, another token does not decide what comes at the end.
    application_.view().selected_query = 1;
    std::vector<std::string> texts;
    for (int i = 0; i < 3; ++i) {
        application_.write_next(false);
        ASSERT_TRUE(reads(application_));
        texts.push_back(application_.document().text);
        EXPECT_FALSE(application_.writing());
        EXPECT_FALSE(application_.view().selected_query);
    }
    // Read afresh, each is what the table says behind the text before.
    for (int i = 3; i-- > 0;) {
        EXPECT_EQ(application_.document().text, texts[static_cast<size_t>(i)]);
        const std::int32_t written = last();
        application_.undo();
        ASSERT_TRUE(reads(application_));
        EXPECT_EQ(likeliest(), written) << i;
    }
    EXPECT_EQ(application_.document().text, first);
    EXPECT_EQ(application_.history().redo_label(), "writing a token");
}

TEST_F(WritingTest, SeveralStrokesWriteAsManyTokens) {
    for (int i = 0; i < 3; ++i)
        application_.write_next(false);
    ASSERT_TRUE(writes(3));
    ASSERT_TRUE(reads(application_));
    EXPECT_FALSE(application_.writing());
    EXPECT_EQ(application_.reading()->tokens.size(), 8u);
}

TEST_F(WritingTest, GoesOnUntilTheTextIsChangedByAnother) {
    application_.write_next(true);
    ASSERT_TRUE(writes(3));
    EXPECT_TRUE(application_.writing());
    application_.issue(SetText{"w40 w41"});
    EXPECT_FALSE(application_.writing());
    ASSERT_TRUE(reads(application_));
    for (int i = 0; i < 20; ++i) {
        application_.poll();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(application_.document().text, "w40 w41") << "what was on its way is not written";
}

TEST_F(WritingTest, StopsAtTheEndOfTheContextAndSaysSo) {
    const auto context = static_cast<int>(application_.model()->model->context());
    application_.issue(SetText{test::words(context - 2)});
    ASSERT_TRUE(reads(application_));
    application_.write_next(true);
    comes(application_, [&] { return !application_.writing(); });
    EXPECT_FALSE(application_.writing());
    EXPECT_NE(application_.notice().find("no place for another"), std::string::npos)
        << application_.notice();
    ASSERT_TRUE(reads(application_));
    EXPECT_EQ(static_cast<int>(application_.reading()->tokens.size()), context);
    // Asked again it says so again.
    application_.dismiss_error();
    application_.write_next(false);
    ASSERT_TRUE(reads(application_));
    EXPECT_NE(application_.notice().find("no place for another"), std::string::npos);
    EXPECT_FALSE(application_.writing());
}

TEST_F(WritingTest, EscapeAndTheKeys) {
    const auto press = [&](bool shift, bool repeat) {
        KeyPress press;
        press.key = GLFW_KEY_ENTER;
        press.control = true;
        press.shift = shift;
        press.repeat = repeat;
        application_.press(press);
    };
    press(true, false);
    EXPECT_TRUE(application_.writing());
    KeyPress escape;
    escape.key = GLFW_KEY_ESCAPE;
    application_.press(escape);
    EXPECT_FALSE(application_.writing());
    EXPECT_TRUE(application_.prompt().focused()) << "one thing at a time";
    ASSERT_TRUE(reads(application_));
    // Held, the key asks for one more when the last one stands, and no sooner.
    const size_t before = application_.reading()->tokens.size();
    press(false, false);
    for (int i = 0; i < 5; ++i)
        press(false, true);
    ASSERT_TRUE(writes(1));
    ASSERT_TRUE(reads(application_));
    EXPECT_EQ(application_.reading()->tokens.size(), before + 1);
}

}  // namespace
}  // namespace fovea::app
