// One square of the lens: its best guesses and the rank of the target, as the panel shows them.
#include "app/panels/this_square.h"

#include <fmt/format.h>

#include <cmath>

#include "app/panels/explanation.h"
#include "app/panels/list.h"
#include "screen_fixture.h"
#include "small_reading.h"

namespace fovea::app {

Panel this_square_panel();
Panel this_cell_panel();

namespace {

class ThisSquareTest : public ScreenTest {
  protected:
    void SetUp() override {
        ScreenTest::SetUp();
        reading_ = small_reading("gpt2", {"Tom", " has", " a", " ball"});
        view_.middle = explanations_view;
        view_.selected = {0, 1};
    }
    /// The lens is answered with its third token as the target.
    void answer(const char* name) {
        const Analysis* analysis = analysis_by_name(name);
        Subjects subjects;
        subjects.a = reading_;
        Parameters parameters;
        if (analysis->reads.target) parameters.target = 3;
        auto found = analyse(*analysis, subjects, parameters, {});
        ASSERT_TRUE(found.ok()) << found.message();
        findings_ = std::make_shared<const Findings>(*std::move(found));
        answered_ = {analysis, subjects, parameters};
    }
    template <class Act>
    void in_frame(Act act) {
        draw_ = [&](Frame& frame) {
            auto& explanation = frame.cache->of<Explanation>();
            explanation.findings = findings_;
            explanation.answered = answered_;
            act(frame);
        };
        draw_frame();
    }
    /// ln P of a state's tokens, [tokens, vocabulary].
    std::vector<float> lens(Index state) const {
        for (const FoundArray& array : findings_->arrays)
            if (array.name == fmt::format("lens.{}", state)) {
                std::vector<float> values(static_cast<size_t>(element_count(array.shape)));
                array.fill(0, array.shape[0], values.data());
                return values;
            }
        ADD_FAILURE() << state;
        return {};
    }
    std::shared_ptr<const Findings> findings_;
    Explanation::Question answered_;
};

TEST_F(ThisSquareTest, IsOfTheChosenLayerAndTokenUntilOneIsPointedAt) {
    answer("lens");
    in_frame([&](Frame& frame) {
        const auto square = square_in_view(frame);
        ASSERT_TRUE(square);
        EXPECT_EQ(square->of, (StateOf{1, 3})) << "after layer 0, at the last token";
        EXPECT_EQ(square->row, 1);
        EXPECT_EQ(square->column, 3);
    });
    view_.selected_query = 2;
    in_frame([&](Frame& frame) { EXPECT_EQ(square_in_view(frame)->of, (StateOf{1, 2})); });
    in_frame([&](Frame& frame) {
        point_at_square(frame, StateOf{0, 1});
        EXPECT_EQ(square_in_view(frame)->of, (StateOf{0, 1}));
        point_at_square(frame, std::nullopt);
        EXPECT_EQ(square_in_view(frame)->of, (StateOf{1, 2}));
    });
}

TEST_F(ThisSquareTest, TheStripSaysHowSureEveryGuessOfTheLayerIs) {
    answer("lens");
    const auto states = lens(1);
    const size_t vocabulary = states.size() / 4;
    in_frame([&](Frame& frame) {
        const auto [state, sure] = sureness_of_row(frame);
        EXPECT_EQ(state, 1);
        ASSERT_EQ(sure.size(), 4u);
        for (size_t token = 0; token < 4; ++token) {
            const auto begin = states.begin() + static_cast<std::ptrdiff_t>(token * vocabulary);
            const float best =
                *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(vocabulary));
            EXPECT_NEAR(sure[token], std::exp(best), 1e-5);
        }
    });
}

// While one types nothing comes and goes.
TEST_F(ThisSquareTest, AnOlderAnswerStandsUntilTheNextHasCome) {
    answer("lens");
    std::vector<float> before;
    in_frame([&](Frame& frame) { before = sureness_of_row(frame).values; });
    reading_ = small_reading("gpt2", {"Tom", " has", " a", " ball", " too"});
    in_frame([&](Frame& frame) {
        EXPECT_TRUE(is_shown(this_square_panel(), frame));
        ASSERT_TRUE(square_in_view(frame));
        EXPECT_EQ(square_in_view(frame)->of, (StateOf{1, 3})) << "the last that is known";
        EXPECT_EQ(sureness_of_row(frame).values, before);
    });
    // Of a long sentence a sketch comes first: the squares of one token.
    Parameters sketch;
    sketch.own["tokens"] = "position";
    Subjects subjects;
    subjects.a = reading_;
    const Analysis* lens = analysis_by_name("lens");
    auto found = analyse(*lens, subjects, sketch, {});
    ASSERT_TRUE(found.ok()) << found.message();
    findings_ = std::make_shared<const Findings>(*std::move(found));
    answered_ = {lens, subjects, sketch};
    in_frame([&](Frame& frame) {
        EXPECT_EQ(square_in_view(frame)->of, (StateOf{1, 4}));
        EXPECT_EQ(sureness_of_row(frame).values, before);
        frame.cache->of<Explanation>().wanted = answered_;
        EXPECT_TRUE(sureness_of_row(frame).values.empty()) << "it is all that was asked for";
    });
}

TEST_F(ThisSquareTest, StandsInThePlaceOfTheCellWhereThereAreSquares) {
    answer("lens");
    in_frame([&](Frame& frame) {
        EXPECT_TRUE(is_shown(this_square_panel(), frame));
        EXPECT_FALSE(is_shown(this_cell_panel(), frame));
        this_square_panel().draw(frame);
    });
    answer("cell");
    in_frame([&](Frame& frame) {
        EXPECT_FALSE(is_shown(this_square_panel(), frame));
        EXPECT_TRUE(is_shown(this_cell_panel(), frame));
    });
    answer("lens");
    view_.middle = "map";
    in_frame([&](Frame& frame) {
        EXPECT_FALSE(is_shown(this_square_panel(), frame));
        EXPECT_TRUE(sureness_of_row(frame).values.empty());
    });
}

}  // namespace
}  // namespace fovea::app
