// Every operation against numbers that can be checked by hand, or brute force in double precision.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "engine/nn/activation.h"
#include "engine/nn/linear.h"
#include "engine/nn/narrow_product.h"
#include "engine/nn/norm.h"
#include "engine/nn/rotary.h"

namespace fovea {
namespace {

TEST(Linear, OutputMajorByHand) {
    // y = W x + b with W = [[1, 2], [3, 4], [5, 6]], x = (10, 1).
    const float weight[] = {1, 2, 3, 4, 5, 6};
    const float bias[] = {0.5f, 0, -0.5f};
    const float x[] = {10, 1};
    float y[3];
    const LinearTask task[] = {{{weight, 2, 3, 2, false, bias}, x, y}};
    apply_linear(task, 1);
    EXPECT_EQ(y[0], 12.5f);
    EXPECT_EQ(y[1], 34);
    EXPECT_EQ(y[2], 55.5f);
}

TEST(Linear, InputMajorIsTheTransposed) {
    const float weight[] = {1, 3, 5, 2, 4, 6};  // [inputs 2, outputs 3]
    const float x[] = {10, 1, 0, 2};
    float y[6];
    const LinearTask task[] = {{{weight, 2, 3, 3, true, nullptr}, x, y, Activation::relu}};
    apply_linear(task, 2);
    const float expected[] = {12, 34, 56, 4, 8, 12};
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(y[i], expected[i]);
}

/// Sizes that divide nothing, on both sides of the change from the narrow kernel to Eigen's.
TEST(Linear, AgreesWithDoublePrecision) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (const Index rows : {1, 2, 3, 7, 47, 48, 49, 130}) {
        for (const auto& [inputs, outputs] :
             {std::pair<Index, Index>{1, 1}, {7, 5}, {33, 70}, {96, 257}}) {
            for (const bool input_major : {false, true}) {
                const Index stride = (input_major ? outputs : inputs) + 3;
                std::vector<float> w(
                    static_cast<size_t>(stride * (input_major ? inputs : outputs)));
                std::vector<float> x(static_cast<size_t>(rows * inputs));
                std::vector<float> bias(static_cast<size_t>(outputs));
                for (auto* values : {&w, &x, &bias})
                    for (float& value : *values)
                        value = normal(random);
                std::vector<float> y(static_cast<size_t>(rows * outputs), 1e30f);
                const LinearTask task[] = {
                    {{w.data(), inputs, outputs, stride, input_major, bias.data()},
                     x.data(),
                     y.data()}};
                apply_linear(task, rows);
                for (Index t = 0; t < rows; ++t) {
                    for (Index o = 0; o < outputs; ++o) {
                        double sum = bias[static_cast<size_t>(o)], size = std::abs(sum);
                        for (Index i = 0; i < inputs; ++i) {
                            const double term =
                                double{w[static_cast<size_t>(input_major ? i * stride + o
                                                                         : o * stride + i)]} *
                                x[static_cast<size_t>(t * inputs + i)];
                            sum += term;
                            size += std::abs(term);
                        }
                        ASSERT_NEAR(y[static_cast<size_t>(t * outputs + o)], sum, 1e-6 * size)
                            << rows << " " << inputs << " " << outputs << " " << input_major;
                    }
                }
            }
        }
    }
}

TEST(Linear, SeveralTasksAtOnceDoNotMix) {
    const float identity[] = {1, 0, 0, 1};
    const float x[] = {3, 4};
    float a[2], b[2];
    const LinearTask tasks[] = {{{identity, 2, 2, 2, false, nullptr}, x, a},
                                {{identity, 2, 2, 2, false, x}, x, b}};
    apply_linear(tasks, 1);
    EXPECT_EQ(a[0], 3);
    EXPECT_EQ(a[1], 4);
    EXPECT_EQ(b[0], 6);
    EXPECT_EQ(b[1], 8);
}

TEST(Norm, LayerNormByHand) {
    // Mean 2, variance 2/3: (x - 2) / sqrt(2/3).
    const float x[] = {1, 2, 3};
    const float gain[] = {1, 1, 2}, bias[] = {0, 5, 0};
    float y[3];
    apply_norm({NormKind::layer, gain, bias, 0}, x, 1, 3, y);
    EXPECT_NEAR(y[0], -1.2247449, 1e-6);
    EXPECT_NEAR(y[1], 5, 1e-6);
    EXPECT_NEAR(y[2], 2.4494897, 1e-6);
}

TEST(Norm, RmsNormByHand) {
    // Root mean square of (3, 4) is sqrt(12.5).
    float x[] = {3, 4};
    const float gain[] = {0, 1};
    apply_norm({NormKind::rms, gain, nullptr, 0, 1.0f}, x, 1, 2, x);
    EXPECT_NEAR(x[0], 3 / std::sqrt(12.5), 1e-6);
    EXPECT_NEAR(x[1], 2 * 4 / std::sqrt(12.5), 1e-6);
}

TEST(Norm, EpsilonKeepsAConstantRowFinite) {
    const float x[] = {5, 5};
    float y[2];
    apply_norm({NormKind::layer, nullptr, nullptr, 1e-12f}, x, 1, 2, y);
    EXPECT_EQ(y[0], 0);
    EXPECT_EQ(y[1], 0);
}

TEST(Activation, AgreesWithItsDefinition) {
    std::vector<float> x;
    for (float v = -12; v <= 12; v += 0.037f)
        x.push_back(v);
    const std::pair<Activation, double (*)(double)> cases[] = {
        {Activation::gelu, [](double v) { return v * 0.5 * std::erfc(-v / std::sqrt(2.0)); }},
        {Activation::gelu_tanh,
         [](double v) {
             return 0.5 * v * (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
         }},
        {Activation::relu, [](double v) { return v > 0 ? v : 0; }},
        {Activation::silu, [](double v) { return v / (1 + std::exp(-v)); }},
        {Activation::tanh, [](double v) { return std::tanh(v); }},
        {Activation::identity, [](double v) { return v; }}};
    for (const auto& [activation, definition] : cases) {
        auto y = x;
        activate(activation, y);
        for (size_t i = 0; i < x.size(); ++i)
            ASSERT_NEAR(y[i], definition(x[i]), 2e-6)
                << static_cast<int>(activation) << " " << x[i];
    }
}

TEST(Activation, SurvivesExtremes) {
    float x[] = {-200, 200, -1e30f, 1e30f};
    activate(Activation::silu, x);
    EXPECT_EQ(x[1], 200);
    EXPECT_NEAR(x[0], 0, 1e-30);
    EXPECT_EQ(x[3], 1e30f);
}

TEST(Rotary, TurnsPairsByPositionTimesFrequency) {
    // Two frequencies, 1 and 0.01 (theta 10000, 4 dimensions); position 3.
    const Rotary rotary(Rotary::frequencies(4, 10000), 4);
    float head[] = {1, 2, 3, 4, 99};
    rotary.turn(head, 3);
    EXPECT_NEAR(head[0], 1 * std::cos(3) - 3 * std::sin(3), 1e-6);
    EXPECT_NEAR(head[2], 3 * std::cos(3) + 1 * std::sin(3), 1e-6);
    EXPECT_NEAR(head[1], 2 * std::cos(0.03) - 4 * std::sin(0.03), 1e-6);
    EXPECT_NEAR(head[3], 4 * std::cos(0.03) + 2 * std::sin(0.03), 1e-6);
    EXPECT_EQ(head[4], 99);  // beyond the turned dimensions
}

}  // namespace
}  // namespace fovea
