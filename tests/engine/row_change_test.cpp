#include "engine/trace/row_change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace fovea {
namespace {

float change(const std::vector<float>& before, const std::vector<float>& after) {
    return row_change(std::span(before), std::span(after));
}

TEST(RowChange, IsTheTotalVariationDistance) {
    // ½ (|.25 − .5| + |.25 − .5| + |.5 − 0|)
    EXPECT_FLOAT_EQ(change({0.5f, 0.5f, 0}, {0.25f, 0.25f, 0.5f}), 0.5f);
    EXPECT_FLOAT_EQ(change({1, 0}, {0, 1}), 1);
    EXPECT_FLOAT_EQ(change({0.2f, 0.3f, 0.5f}, {0.2f, 0.3f, 0.5f}), 0);
    EXPECT_FLOAT_EQ(change({0.7f, 0.2f, 0.1f}, {0.1f, 0.2f, 0.7f}),
                    change({0.1f, 0.2f, 0.7f}, {0.7f, 0.2f, 0.1f}));
}

TEST(RowChange, ARowThatLostItsWeightLostAllOfIt) {
    EXPECT_FLOAT_EQ(change({0.25f, 0.75f}, {0, 0}), 1);
    EXPECT_FLOAT_EQ(change({0, 0}, {0.5f, 0.5f}), 1);
    EXPECT_FLOAT_EQ(change({0, 0}, {0, 0}), 0);
}

}  // namespace
}  // namespace fovea
