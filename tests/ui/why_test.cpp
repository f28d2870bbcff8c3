// Explanations in the window: asked by keys, drawn as figures, gone into by clicks.
#include <gtest/gtest.h>

#include <GLFW/glfw3.h>

#include <set>
#include "app/panels/explanation.h"
#include "app/views/list.h"
#include "engine/figure/links.h"

#include "tests/ui/whole_window.h"

namespace fovea::app {
namespace {

TEST(Views, AreNamedOnceAndHaveAKeyEach) {
    std::set<std::string_view> names;
    for (const View& view : views()) {
        EXPECT_TRUE(names.insert(view.name).second) << view.name;
        EXPECT_EQ(&view_by_name(view.name), &view);
    }
    EXPECT_EQ(view_by_name("of another version").name, views().front().name);
    EXPECT_LE(views().size(), 6u) << "the digits behind are those of an encoder-decoder's parts";
}

class WhyTest : public WholeWindowTest {
  protected:
    void open_why(const char* model, const char* text) {
        open(passing_options(model, text), 1440, 900);
        if (HasFatalFailure() || IsSkipped()) return;
        application().press({.key = GLFW_KEY_ESCAPE});
        application().view().pinned = ViewState::Pin{2, 1};
        application().view().selected = {1, 1};
        application().press({.character = 'e'});
        settle();
    }
    const Explanation& explanation() { return application().explanation(); }
};

TEST_F(WhyTest, AKeyExplainsTheCellAndTheNextAsksOn) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    EXPECT_EQ(application().view().middle, "why");
    ASSERT_TRUE(explanation().findings) << explanation().error;
    EXPECT_EQ(explanation().findings->question, "Why does “w12” look at “w11”?");
    EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{1, 1, 2, 1}));
    std::set<std::string_view> asked = {explanation().answered.analysis->name};
    for (size_t i = 1; i < analyses().size(); ++i) {
        application().press({.character = 'e'});
        settle();
        EXPECT_EQ(explanation().error, "");
        asked.insert(explanation().answered.analysis->name);
    }
    EXPECT_EQ(asked.size(), analyses().size());
}

TEST_F(WhyTest, TheAnswerFollowsTheSentenceTheHeadAndTheEdits) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    application().view().selected = {0, 0};
    settle();
    EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{0, 0, 2, 1}));
    const auto weight = [&] {
        for (const FoundArray& array : explanation().findings->arrays)
            if (array.name == "attentions.0.0.2") {
                std::vector<float> row(static_cast<size_t>(element_count(array.shape)));
                array.fill(0, array.shape.front(), row.data());
                return row[1];
            }
        ADD_FAILURE() << "no weights";
        return 0.0f;
    };
    const float before = weight();
    application().issue(SetTemperature{{}, 5});
    settle();
    EXPECT_NE(weight(), before);
    application().issue(SetText{"w20 w21 w22 w23 w24"});
    settle();
    EXPECT_EQ(explanation().answered.subjects.a, application().reading());
    EXPECT_TRUE(explanation().findings->question.starts_with("Why does “w24” look at "))
        << explanation().findings->question << ": of another sentence it is the last token";
}

TEST_F(WhyTest, AClickGoesToAWriterAndBackspaceReturns) {
    open_why("gpt2", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    const auto* terms = explanation().findings->find("history_terms");
    ASSERT_TRUE(terms);
    const auto& table = std::get<finding::Table>(terms->kind);
    for (const auto& row : table.rows)
        for (const Referent& link : row.links)
            if (std::holds_alternative<HeadCell>(link)) {
                const HeadCell cell = std::get<HeadCell>(link);
                follow(application().view(), cell);
                settle();
                EXPECT_EQ(explanation().answered.parameters.cell, cell);
                application().press({.key = GLFW_KEY_BACKSPACE});
                settle();
                EXPECT_EQ(explanation().answered.parameters.cell, (HeadCell{1, 1, 2, 1}));
                return;
            }
    FAIL() << "no head is among the largest terms";
}

TEST_F(WhyTest, AModelThatPredictsNothingSaysWhatCanBeAsked) {
    open_why("electra", "w10 w11 w12 w13");
    if (HasFatalFailure() || IsSkipped()) return;
    application().view().analysis = "lens";
    settle();
    EXPECT_NE(explanation().error.find("lens cannot be asked of it; cell, norms can"),
              std::string::npos)
        << explanation().error;
    application().view().analysis = "cell";
    settle();
    EXPECT_EQ(explanation().error, "");
}

}  // namespace
}  // namespace fovea::app
