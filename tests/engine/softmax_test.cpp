// Rows of weights against exponentials and sums in double precision.
#include "engine/nn/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace fovea {
namespace {

constexpr float hidden = -std::numeric_limits<float>::infinity();
using Softmax = RowSoftmax (*)(std::span<float>, float);

class SoftmaxRow : public testing::TestWithParam<Softmax> {
  protected:
    static void expect_reference(const std::vector<float>& logits, float temperature = 1) {
        std::vector<float> weights = logits;
        weights.push_back(7);  // which is not its own
        const RowSoftmax found = GetParam()({weights.data(), logits.size()}, temperature);
        EXPECT_EQ(weights.back(), 7.0f);
        const double largest = *std::ranges::max_element(logits);
        double sum = 0;
        for (const float logit : logits)
            sum += std::exp((logit - largest) / temperature);
        const double log_sum = std::log(sum);
        EXPECT_EQ(found.largest_logit, largest);
        EXPECT_NEAR(found.log_sum, log_sum, 1e-6 * (1 + log_sum));
        EXPECT_EQ(found.largest, *std::max_element(weights.begin(), weights.end() - 1));
        double entropy = 0;
        for (size_t i = 0; i < logits.size(); ++i) {
            const double log = (logits[i] - largest) / temperature - log_sum;
            // Of the sum's rounding and of that of the difference.
            const double slack = 4e-7 + 3e-7 * std::abs(log);
            if (logits[i] == hidden) {
                EXPECT_EQ(weights[i], 0);
            } else {
                EXPECT_NEAR(weights[i], std::exp(log), slack * std::exp(log) + 1e-37) << i;
                entropy -= std::exp(log) * log;
            }
        }
        EXPECT_NEAR(found.entropy, entropy, 1e-6 * (1 + entropy));
        EXPECT_GE(found.entropy, 0);
    }
};

TEST_P(SoftmaxRow, AgreesWithDoublePrecisionAtEveryLength) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 3);
    for (size_t size = 1; size <= 70; ++size) {
        std::vector<float> logits(size);
        std::ranges::generate(logits, [&] { return normal(random); });
        expect_reference(logits);
        for (size_t i = 0; i + 1 < size; i += 3)
            logits[i] = hidden;
        expect_reference(logits);
    }
}

TEST_P(SoftmaxRow, AgreesFromTheLargestWeightToTheSmallest) {
    std::vector<float> logits;
    for (float logit = 0; logit > -86; logit -= 0.0371f)
        logits.push_back(logit);
    expect_reference(logits);
    for (float& logit : logits)
        logit += 1000;
    expect_reference(logits);
}

/// Logits of ten thousand at a temperature of a hundredth: a quotient of a million has no digits
/// left for what tells two weights apart.
TEST_P(SoftmaxRow, KeepsItsDigitsAtALowTemperature) {
    std::mt19937 random(3);
    std::uniform_real_distribution<float> uniform(9999.9f, 10000.1f);
    for (const size_t size : {3, 16, 70}) {
        std::vector<float> logits(size);
        std::ranges::generate(logits, [&] { return uniform(random); });
        expect_reference(logits, 0.01f);
        expect_reference(logits, 20.0f);
    }
}

TEST_P(SoftmaxRow, GivesZeroWhereNothingIsVisibleOrTooLittle) {
    std::vector<float> weights(19, hidden);
    const RowSoftmax nothing = GetParam()(weights, 1), empty = GetParam()({}, 1);
    EXPECT_EQ(std::ranges::count(weights, 0.0f), 19);
    for (const RowSoftmax& row : {nothing, empty}) {
        EXPECT_EQ(row.largest_logit, hidden);
        EXPECT_EQ(row.log_sum, 0);
        EXPECT_EQ(row.entropy, 0);
        EXPECT_EQ(row.largest, 0);
    }
    weights.assign(19, 50.0f - 120.0f);
    weights[7] = 50;
    const RowSoftmax one = GetParam()(weights, 1);
    EXPECT_EQ(one.largest_logit, 50.0f);
    EXPECT_EQ(one.log_sum, 0);
    EXPECT_EQ(one.entropy, 0);
    EXPECT_EQ(one.largest, 1);
    EXPECT_EQ(std::ranges::count(weights, 0.0f), 18);
    EXPECT_EQ(weights[7], 1);
}

TEST_P(SoftmaxRow, KnowsTheEntropyOfEveryShape) {
    for (const size_t size : {2, 16, 700, 5000}) {
        // Uniform: its logarithm. One far above the others: next to nothing.
        std::vector<float> logits(size, -3.0f);
        const auto n = static_cast<double>(size);
        std::vector<float> row = logits;
        EXPECT_NEAR(GetParam()(row, 1).entropy, std::log(n), 1e-6 * std::log(n));
        logits[size / 3] = 27;
        expect_reference(logits);
        logits[size - 1] = 27;
        expect_reference(logits);
    }
}

TEST_P(SoftmaxRow, KeepsWhatIsNoNumber) {
    constexpr float no_number = std::numeric_limits<float>::quiet_NaN();
    for (const size_t size : {1, 5, 16, 33}) {
        for (const bool all : {false, true}) {
            std::vector<float> weights(size, all ? no_number : 1.0f);
            weights[size / 2] = no_number;
            const RowSoftmax row = GetParam()(weights, 1);
            EXPECT_TRUE(std::isnan(row.log_sum));
            EXPECT_TRUE(std::isnan(row.entropy));
            EXPECT_TRUE(std::isnan(row.largest));
            EXPECT_TRUE(std::ranges::all_of(weights, [](float w) { return std::isnan(w); }));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, SoftmaxRow, testing::Values(&softmax_row, &softmax_row_of_eights),
                         [](const auto& test) {
                             return test.index == 0 ? "ThisProcessor" : "Eights";
                         });

}  // namespace
}  // namespace fovea
