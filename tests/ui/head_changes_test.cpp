#include "app/panels/head_changes.h"

#include <cmath>

#include "app/panels/head_menus.h"
#include "app/panels/head_order.h"
#include "engine/metrics/row_metric.h"
#include "engine/trace/head_map.h"
#include "screen_fixture.h"
#include "small_reading.h"

namespace fovea::app {
namespace {

class HeadChangesTest : public ScreenTest {
  protected:
    void SetUp() override {
        ScreenTest::SetUp();
        Edits edits;
        edits.temperatures = {{{1, 0}, 0.25f}};
        document_.edits = edits;
        reading_ = small_reading("gpt2", {"Tom", " has", " a", " ball", " to"}, edits);
        draw_ = [this](Frame& frame) {
            frame.changes = &changes_;
            if (in_frame_) in_frame_(frame);
        };
    }
    /// ½ Σ |after − before| of whole maps, in double.
    double expected(HeadId id) const {
        const LayerTrace& before = *reading_->original->layers[static_cast<size_t>(id.layer)];
        const LayerTrace& after = *reading_->edited->layers[static_cast<size_t>(id.layer)];
        const Tensor a = head_map(before, id.head, Quantity::weights, whole_map(before));
        const Tensor b = head_map(after, id.head, Quantity::weights, whole_map(after));
        double sum = 0;
        for (Index i = 0; i < a.size(); ++i)
            sum += std::abs(static_cast<double>(b.data()[i]) - static_cast<double>(a.data()[i]));
        return sum / 2 / static_cast<double>(reading_->tokens.size());
    }
    HeadChanges changes_;
    std::function<void(Frame&)> in_frame_;
};

TEST_F(HeadChangesTest, IsTheMeanOfTheRowsDistances) {
    ASSERT_TRUE(reading_ && reading_->edited);
    in_frame_ = [&](Frame& frame) { EXPECT_FALSE(changes_.advance(frame, 60)); };
    draw_frame();
    const Model& model = *reading_->request.model->model;
    double largest = 0;
    for (Index l = 0; l < model.layers(); ++l)
        for (Index h = 0; h < model.heads(); ++h) {
            ASSERT_TRUE(changes_.of({l, h}));
            EXPECT_NEAR(*changes_.of({l, h}), expected({l, h}), 1e-6) << l << " " << h;
            largest = std::max(largest, static_cast<double>(*changes_.of({l, h})));
        }
    EXPECT_GT(largest, 0.001);
    EXPECT_EQ(changes_.of({0, 0}), 0.0f) << "below the lowest edit nothing changes";
    EXPECT_EQ(changes_.rows(), changes_.all_rows());
    EXPECT_EQ(changes_.of({0, 99}), std::nullopt);
}

TEST_F(HeadChangesTest, WithoutTimeItGoesOnInTheNextFrame) {
    ASSERT_TRUE(reading_ && reading_->edited);
    int frames = 0;
    bool more = true;
    in_frame_ = [&](Frame& frame) { more = changes_.advance(frame, -1); };
    draw_frame();
    EXPECT_TRUE(more);
    EXPECT_EQ(changes_.of({1, 0}), std::nullopt);
    in_frame_ = [&](Frame& frame) { more = changes_.advance(frame, 1e-7); };
    for (; more && frames < 10000; ++frames)
        draw_frame();
    EXPECT_FALSE(more);
    EXPECT_NEAR(*changes_.of({1, 0}), expected({1, 0}), 1e-6);
}

TEST_F(HeadChangesTest, HeadsSortByAnyMeasureBothWays) {
    ASSERT_TRUE(reading_ && reading_->edited);
    std::vector<std::string> seen;
    in_frame_ = [&](Frame& frame) {
        changes_.advance(frame, 60);
        const Index layers = frame.layers(), heads = frame.heads();
        std::string measure;
        do {
            view_.sort_metric = measure;
            seen.push_back(measure);
            for (const bool descending : {false, true}) {
                view_.sort_descending = descending;
                const auto order = ordered_heads(frame);
                ASSERT_EQ(static_cast<Index>(order.size()), layers * heads);
                for (size_t i = 1; i < order.size(); ++i) {
                    if (measure.empty()) {
                        EXPECT_LT(order[i - 1], order[i]);
                        continue;
                    }
                    const float a = head_value(frame, measure, order[i - 1]);
                    const float b = head_value(frame, measure, order[i]);
                    if (std::isnan(b)) continue;
                    EXPECT_FALSE(std::isnan(a)) << "undefined ones stand last";
                    if (descending)
                        EXPECT_GE(a, b);
                    else
                        EXPECT_LE(a, b);
                }
            }
            measure = next_head_measure(measure);
        } while (!measure.empty());
    };
    draw_frame();
    EXPECT_EQ(seen.size(), row_metrics().size() + 2) << "layers, every metric, the change";
}

TEST_F(HeadChangesTest, ChangesAreSortedTheLargestFirst) {
    ViewState view;
    while (view.sort_metric != change_metric)
        next_order(view);
    EXPECT_TRUE(view.sort_descending);
    EXPECT_EQ(order_label(view), "change by the edits ↓");
    next_order(view);
    EXPECT_EQ(order_label(view), "layer");
}

}  // namespace
}  // namespace fovea::app
