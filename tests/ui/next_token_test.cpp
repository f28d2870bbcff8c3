// The panel of predictions: its columns, what it lists, what can be pinned and looked up.

#include <gtest/gtest.h>

#include <algorithm>

#include "app/panels/prediction_columns.h"

namespace fovea::app {
namespace {

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
