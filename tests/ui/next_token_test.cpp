// The panel of predictions: its columns, what it lists, what can be pinned and looked up.

#include <gtest/gtest.h>

#include <algorithm>

#include "app/panels/list.h"
#include "app/panels/prediction_columns.h"
#include "app/panels/prediction_rows.h"
#include "app/state/pins.h"
#include "screen_fixture.h"
#include "tests/engine/small_model.h"

namespace fovea::app {

Panel next_token_panel();

namespace {

/// The panel's geometry at scale 1: heading 18 and its gap 6, rows of 20, pinned ones of 36.
constexpr float heading_end = 24, row = 20, pinned_row = 36;

class NextTokenTest : public ScreenTest {
  protected:
    void SetUp() override {
        ScreenTest::SetUp();
        request_.model = test::small_model("gpt2");
        request_.text = test::words(5);
        request_.prediction_count = 30;
        draw_ = [this, draw = next_token_panel().draw](Frame& frame) {
            frame.column = column_;
            draw(frame);
        };
        read_again();
    }
    /// As the program does when the view asks for something else.
    void read_again() {
        request_.watched = pinned_ids(*request_.model, view_.pinned_tokens);
        request_.lookup = view_.lookup.open ? view_.lookup.words : "";
        document_.edits = request_.edits;
        const auto reading = read(request_, reading_.get(), {});
        ASSERT_TRUE(reading.ok()) << reading.message();
        reading_ = *reading;
        draw_frames(3);
    }
    std::vector<std::int32_t> pinned() const {
        return pinned_ids(*request_.model, view_.pinned_tokens);
    }
    std::int32_t listed(size_t place) const { return reading_->predictions[place].id; }

    ReadingRequest request_;
    ColumnRoom column_{.below = 205};
};

TEST_F(NextTokenTest, AClickPinsARowToTheTopAndLetsItGo) {
    const std::int32_t third = listed(2);
    click(100, heading_end + 2.5f * row);
    EXPECT_EQ(pinned(), std::vector<std::int32_t>{third});
    read_again();
    rest();
    // It stands above the others now, which close the gap.
    const std::int32_t fourth = listed(3);
    click(100, heading_end + pinned_row + 2.5f * row);
    EXPECT_EQ(pinned(), (std::vector<std::int32_t>{third, fourth}));
    // It stays when it is no longer among the likely.
    request_.text = test::words(9);
    read_again();
    rest();
    click(100, heading_end + 10);
    EXPECT_EQ(pinned(), std::vector<std::int32_t>{fourth});
}

TEST_F(NextTokenTest, ATokenIsLookedUpAndPinnedByTheKeyboard) {
    view_.lookup.open = true;
    draw_frames(3);
    type("w33");
    draw_frames(3);
    ASSERT_EQ(view_.lookup.words, "w33");
    read_again();
    ASSERT_FALSE(reading_->found.empty());
    const auto strike = [&](ImGuiKey which) {
        key(which, true);
        draw_frames(2);
        key(which, false);
        draw_frames(3);
    };
    strike(ImGuiKey_Enter);
    EXPECT_EQ(pinned(), std::vector<std::int32_t>{33});
    strike(ImGuiKey_DownArrow);
    EXPECT_EQ(view_.lookup.chosen, 1);
    strike(ImGuiKey_Enter);
    EXPECT_EQ(pinned(), (std::vector<std::int32_t>{33, reading_->found[1].id}));
    strike(ImGuiKey_Escape);
    EXPECT_FALSE(view_.lookup.open);
}

/// The room of the column, less what stands below; more where less is above.
TEST_F(NextTokenTest, AsManyRowsAsThereIsRoomForCanBeClicked) {
    // 800 high: 24 for the heading, 22 for the links, 205 for what stands below: 27 rows.
    const std::int32_t last = listed(26);
    click(100, heading_end + 26.5f * row);
    EXPECT_EQ(pinned(), std::vector<std::int32_t>{last});
}

TEST_F(NextTokenTest, WhatTheEditsThrewOutOfTheListIsToldBelowIt) {
    request_.edits = *parse_edits(R"({"ablate": [{"layer": 0}, {"layer": 1}, {"layer": 2}]})", "e");
    read_again();
    std::vector<PredictionChange> all = reading_->predictions;
    all.insert(all.end(), reading_->fallen.begin(), reading_->fallen.end());
    // 27 rows would be room for; 22 and a line stand above the first four of them that fell out.
    const Index rows = 27 - 1 - 4;
    std::vector<PredictionChange> fallen;
    for (const PredictionChange& row : all)
        if (row.without.rank <= rows && row.with_edits.rank > rows) fallen.push_back(row);
    ASSERT_GT(fallen.size(), 4u);
    std::sort(fallen.begin(), fallen.end(),
              [](const auto& a, const auto& b) { return a.without.rank < b.without.rank; });
    click(100, heading_end + (static_cast<float>(rows) + 1.5f) * row);
    EXPECT_EQ(pinned(), std::vector<std::int32_t>{fallen[0].id});
    // Without the edits it is the model's own list, in its order, and nothing fell out.
    view_.pinned_tokens.clear();
    document_.edits_enabled = false;
    draw_frames(2);
    rest();
    click(100, heading_end + 1.5f * row);
    ASSERT_EQ(pinned().size(), 1u);
    for (const PredictionChange& row : all)
        if (row.without.rank == 2) {
            EXPECT_EQ(pinned()[0], row.id);
        }
}

TEST(Pins, MeanTheTokenOfTheSameSpellingInAnotherModel) {
    const auto model = test::small_model("gpt2");
    std::vector<PinnedToken> pins = {{500, "w20"}, {30, "w30"}, {40, ""}, {9999, "none"}};
    EXPECT_EQ(pinned_ids(*model, pins), (std::vector<std::int32_t>{20, 30, 40}));
    toggle_pin(*model, pins, 20);
    toggle_pin(*model, pins, 21);
    EXPECT_EQ(pins, (std::vector<PinnedToken>{{30, "w30"}, {40, ""}, {9999, "none"}, {21, "w21"}}));
}

TEST(ShownRank, HasCommasBetweenThousands) {
    EXPECT_EQ(shown_rank(7), "7");
    EXPECT_EQ(shown_rank(999), "999");
    EXPECT_EQ(shown_rank(1000), "1,000");
    EXPECT_EQ(shown_rank(1234567), "1,234,567");
}

TEST(PredictionColumnsTest, NoPartReachesIntoAnotherAtAnyWidth) {
    for (const float scale : {1.0f, 1.5f, 2.0f}) {
        const PredictionNumbers numbers{36 * scale, 40 * scale};
        float bar_before = 0;
        for (float width = 30 * scale; width < 700 * scale; width += 1) {
            const PredictionColumns at = prediction_columns(width, numbers, scale);
            EXPECT_GE(at.piece, 0) << width;
            EXPECT_LE(at.piece, at.bar_left) << width;
            EXPECT_LE(at.bar_left, at.bar_right) << width;
            if (at.piece > 0) {
                EXPECT_LE(at.bar_right, at.probability - numbers.probability) << width;
            }
            if (at.change > 0) {
                EXPECT_LE(at.probability, at.change - numbers.change) << width;
            }
            EXPECT_LE(std::max(at.probability, at.change), width) << width;
            const float bar = at.bar_right - at.bar_left;
            EXPECT_GE(bar, bar_before) << width;
            bar_before = bar;
        }
    }
}

/// The panel's width in a window of 1440 x 900: as the drawings have it.
TEST(PredictionColumnsTest, AnOrdinaryColumnHasABarOfAHundredPixels) {
    const PredictionColumns at = prediction_columns(276, {36, 36}, 1);
    EXPECT_EQ(at.piece, 78);
    EXPECT_EQ(at.bar_left, 86);
    EXPECT_GE(at.bar_right, 180);
    EXPECT_EQ(at.change, 276);
}

}  // namespace
}  // namespace fovea::app
