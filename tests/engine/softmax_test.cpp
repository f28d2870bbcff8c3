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
using Softmax = float (*)(std::span<float>, std::span<float>);

class SoftmaxRow : public testing::TestWithParam<Softmax> {
  protected:
    static void expect_reference(const std::vector<float>& logits) {
        std::vector<float> weights = logits, logs(logits.size() + 1, 7.0f);
        const float found = GetParam()(weights, {logs.data(), logits.size()});
        EXPECT_EQ(logs.back(), 7.0f);
        const double largest = *std::ranges::max_element(logits);
        double sum = 0;
        for (const float logit : logits)
            sum += std::exp(logit - largest);
        const double log_sum_exp = largest + std::log(sum);
        EXPECT_NEAR(found, log_sum_exp, 1e-6 * (1 + std::abs(log_sum_exp)));
        for (size_t i = 0; i < logits.size(); ++i) {
            const double log = logits[i] - log_sum_exp;
            // Of the sum's rounding and of that of the difference, which the largest logit has.
            const double slack = 4e-7 + 1e-7 * std::abs(largest) + 1e-7 * std::abs(log);
            if (logits[i] == hidden) {
                EXPECT_EQ(weights[i], 0);
                EXPECT_EQ(logs[i], hidden);
            } else {
                EXPECT_NEAR(logs[i], log, slack) << i << " of " << logits.size();
                EXPECT_NEAR(weights[i], std::exp(log), slack * std::exp(log) + 1e-37) << i;
            }
        }
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

TEST_P(SoftmaxRow, GivesZeroWhereNothingIsVisibleOrTooLittle) {
    std::vector<float> weights(19, hidden), logs(19, 1.0f);
    EXPECT_EQ(GetParam()(weights, logs), hidden);
    EXPECT_EQ(std::ranges::count(weights, 0.0f), 19);
    EXPECT_EQ(std::ranges::count(logs, hidden), 19);
    EXPECT_EQ(GetParam()({}, {}), hidden);
    weights.assign(19, 50.0f - 120.0f);
    weights[7] = 50;
    EXPECT_EQ(GetParam()(weights, logs), 50.0f);
    EXPECT_EQ(std::ranges::count(weights, 0.0f), 18);
    EXPECT_EQ(weights[7], 1);
    EXPECT_EQ(logs[0], -120);
}

TEST_P(SoftmaxRow, KeepsWhatIsNoNumber) {
    constexpr float no_number = std::numeric_limits<float>::quiet_NaN();
    for (const size_t size : {1, 5, 16, 33}) {
        for (const bool all : {false, true}) {
            std::vector<float> weights(size, all ? no_number : 1.0f), logs(size);
            weights[size / 2] = no_number;
            EXPECT_TRUE(std::isnan(GetParam()(weights, logs)));
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
