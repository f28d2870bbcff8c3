#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "app/panels/line_links.h"
#include "app/panels/link_rows.h"
#include "app/views/view_bar.h"
#include "long_reading.h"
#include "made_up_trace.h"
#include "screen_fixture.h"

namespace fovea::app {

namespace {

TEST(Links, TheHeaviestFirstAndNoneTooLight) {
    const std::vector<Link> links = {{4, 1, 0.6f}, {4, 2, 0.25f}, {4, 0, 0.1f}, {4, 3, 0.05f}};
    const auto shown = strongest(links, 3, 0.08f);
    EXPECT_EQ(std::vector<Link>(shown.begin(), shown.end()),
              (std::vector<Link>{{4, 1, 0.6f}, {4, 2, 0.25f}, {4, 0, 0.1f}}));
    EXPECT_EQ(strongest(links, 2, 0.0f).size(), 2u);
    EXPECT_EQ(strongest(links, 9, 0.3f).size(), 1u);
    EXPECT_TRUE(strongest(links, 9, 0.7f).empty());

    const float values[] = {0.1f, 0.6f, std::nanf(""), 0.25f, 0.6f, 0.001f};
    using Places = std::vector<std::pair<Index, float>>;
    EXPECT_EQ(heaviest(values, 0.05f, 3), (Places{{1, 0.6f}, {4, 0.6f}, {3, 0.25f}}));
    EXPECT_EQ(heaviest(values, 0.05f, 9), (Places{{1, 0.6f}, {4, 0.6f}, {3, 0.25f}, {0, 0.1f}}));
}

TEST(Links, FarEndsAreDrawnNearerAndInOrder) {
    const Span seen{100, 500, 20};
    for (float y = 100; y <= 500; y += 50)
        EXPECT_EQ(drawn_nearer(y, seen), y);
    EXPECT_NEAR(drawn_nearer(99, seen), 99, 0.05f);
    EXPECT_NEAR(drawn_nearer(501, seen), 501, 0.05f);
    EXPECT_NEAR(drawn_nearer(100 - 40, seen), 100 - 40 * std::log(2.f), 1e-3f);
    float before = 500;
    for (float y = 501; y < 200000; y *= 1.3f) {
        EXPECT_GT(drawn_nearer(y, seen), before);
        before = drawn_nearer(y, seen);
    }
    EXPECT_LT(before, 500 + 20 * 20) << "ten thousand rows are drawn as twenty";
    EXPECT_FLOAT_EQ(drawn_nearer(100 - 777, seen) - 100, 500 - drawn_nearer(500 + 777, seen));
}

TEST(Links, ChoicesGoAround) {
    EXPECT_EQ(nearest_choice(link_thresholds, 0.019f), 2);
    EXPECT_EQ(next_choice(link_counts, 0), 1);
    EXPECT_EQ(next_choice(link_counts, 4), 5) << "3 is the nearest; after it comes 5";
    EXPECT_EQ(next_choice(link_counts, 25), 0);
}

/// A row of weights from the definition, in double.
std::vector<double> weights_of(const Trace& trace, Index l, Index head, Index query) {
    const Projections& p = trace.projections(l);
    const HeadEdits& edits = trace.layers[static_cast<size_t>(l)]->edits[static_cast<size_t>(head)];
    std::vector<double> row(static_cast<size_t>(p.keys));
    double total = 0;
    for (Index key = 0; key < p.keys; ++key) {
        if (!edits.mask.visible(query, key)) continue;
        double logit = 0;
        for (Index d = 0; d < p.head_dim; ++d)
            logit += static_cast<double>(p.query_of(head)[query * p.head_dim + d]) *
                     static_cast<double>(p.key_of(head)[key * p.head_dim + d]);
        row[static_cast<size_t>(key)] = std::exp(logit * static_cast<double>(p.scale));
        total += row[static_cast<size_t>(key)];
    }
    for (double& weight : row)
        weight /= total;
    return row;
}

TEST(LinkRows, AreTheHeaviestWeightsOfEachRow) {
    for (const bool causal : {false, true}) {
        TraceShape shape;
        shape.tokens = 150;
        shape.mask.causal = causal;
        const auto trace = made_up_trace(shape);
        const auto& layer = trace->layers[1];
        LinkRows rows;
        EXPECT_TRUE(rows.of(layer, 2, 70).empty()) << "not made yet";
        int made = 0;
        while (rows.make_one(layer, 2, 37, 90))
            ++made;
        EXPECT_EQ(made, 4) << "blocks 2 to 5 of 16";
        EXPECT_FALSE(rows.make_one(layer, 2, 40, 90)) << "all are there";
        EXPECT_TRUE(rows.of(layer, 2, 120).empty()) << "nobody asked for it";
        EXPECT_TRUE(rows.of(layer, 1, 70).empty()) << "another head";
        for (Index query = 37; query < 90; ++query) {
            const auto expected = weights_of(*trace, 1, 2, query);
            const auto links = rows.of(layer, 2, query);
            ASSERT_FALSE(links.empty());
            double lightest = 1;
            for (const Link& link : links) {
                ASSERT_EQ(link.query, query);
                const double weight = expected[static_cast<size_t>(link.key)];
                EXPECT_NEAR(link.weight, weight, 1e-5);
                EXPECT_LE(weight, lightest + 1e-5) << "heaviest first";
                lightest = std::min(lightest, weight);
            }
            // No heavier one was left out.
            const auto heavier =
                std::count_if(expected.begin(), expected.end(), [&](double weight) {
                    return weight > lightest + 1e-5 && weight > LinkRows::lightest + 1e-5;
                });
            EXPECT_LE(heavier, static_cast<std::ptrdiff_t>(links.size()));
            if (static_cast<Index>(links.size()) < LinkRows::most) {
                const auto heavy =
                    std::count_if(expected.begin(), expected.end(),
                                  [](double weight) { return weight > LinkRows::lightest + 1e-5; });
                EXPECT_GE(static_cast<std::ptrdiff_t>(links.size()), heavy);
            }
        }
        const auto row = rows.row(layer, 2, 149);
        const auto column = rows.column(layer, 2, 3);
        for (Index i = 0; i < 150; ++i) {
            EXPECT_NEAR(row->data()[i], weights_of(*trace, 1, 2, 149)[static_cast<size_t>(i)],
                        1e-5);
            EXPECT_NEAR(column->data()[i], weights_of(*trace, 1, 2, i)[3], 1e-5);
        }
    }
}

TEST(LinkRows, TheMiddleComesFirstAndManyHeadsAreKept) {
    TraceShape shape;
    shape.tokens = 320;
    const auto trace = made_up_trace(shape);
    const auto& layer = trace->layers[0];
    LinkRows rows;
    ASSERT_TRUE(rows.make_one(layer, 0, 0, 320));
    EXPECT_FALSE(rows.of(layer, 0, 160).empty());
    EXPECT_TRUE(rows.of(layer, 0, 0).empty());
    EXPECT_FALSE(rows.make_one(layer, 0, 400, 500)) << "behind the end";
    EXPECT_FALSE(rows.make_one(layer, 0, 50, 50));
}

class LinesTest : public ScreenTest {
  protected:
    void show(Index tokens) {
        reading_ = long_reading(tokens);
        ASSERT_TRUE(reading_);
        view_.middle = "lines";
        draw_ = [this](Frame& frame) {
            frame.draw_again = [this] { ++asked_again_; };
            draw_view(frame);
        };
        draw_until_quiet();
    }
    void draw_until_quiet() {
        for (int i = 0; i < 200; ++i) {
            asked_again_ = 0;
            draw_frame();
            if (asked_again_ == 0) return;
        }
        FAIL() << "never quiet";
    }
    static int corners() { return ImGui::GetDrawData()->TotalVtxCount; }
    /// How many lines lie between the two columns: 4 or 6 corners each, whatever ImGui makes.
    int lines_drawn(int per_token) {
        view_.links_per_token = per_token;
        view_.link_threshold = 0;
        draw_until_quiet();
        draw_frames(2);
        return corners();
    }

    int asked_again_ = 0;
};

TEST_F(LinesTest, DrawsWhatIsInViewHoweverLongTheSentence) {
    show(200);
    const int few = corners();
    show(3000);
    const int many = corners();
    EXPECT_GT(few, 500);
    EXPECT_LT(many, 2 * few);
}

TEST_F(LinesTest, ATokenHasAsManyLinesAsWereChosen) {
    show(1000);
    const int none = [&] {
        view_.links_per_token = 1;
        view_.link_threshold = 2;  // no weight is
        draw_frames(3);
        return corners();
    }();
    const int one = lines_drawn(1) - none, three = lines_drawn(3) - none;
    EXPECT_GT(one, 0);
    // The first token of a causal sentence has one link only.
    EXPECT_NEAR(three, 3 * one, 0.15 * three);
}

TEST_F(LinesTest, ScrollsToTheTokenThatWasGoneTo) {
    show(3000);
    const auto drawn_queries = [&] {
        // What the pointer meets in the middle of the left column.
        for (float x = 20; x < 150; x += 4) {
            move(x, 500);
            draw_frames(2);
            if (view_.hover.query) return *view_.hover.query;
        }
        return Index{-1};
    };
    EXPECT_LT(drawn_queries(), 40);
    move(900, 700);
    view_.sought.tokens = {Sentence::source, 2000, 2000};
    ++view_.sought.times;
    draw_frames(3);
    draw_until_quiet();
    EXPECT_NEAR(static_cast<double>(drawn_queries()), 2000, 40);
    // A token chosen by a key is followed as well.
    move(900, 700);
    view_.selected_query = 100;
    draw_frames(3);
    EXPECT_NEAR(static_cast<double>(drawn_queries()), 100, 40);
}

}  // namespace
}  // namespace fovea::app
