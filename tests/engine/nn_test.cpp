// Every operation against numbers that can be checked by hand, or brute force in double precision.
#include <gtest/gtest.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "engine/nn/activation.h"
#include "engine/nn/linear.h"
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
    const LinearTask task[] = {{Linear::of_floats(weight, 2, 3, false, bias), x, y}};
    apply_linear(task, 1);
    EXPECT_EQ(y[0], 12.5f);
    EXPECT_EQ(y[1], 34);
    EXPECT_EQ(y[2], 55.5f);
}

TEST(Linear, InputMajorIsTheTransposed) {
    const float weight[] = {1, 3, 5, 2, 4, 6};  // [inputs 2, outputs 3]
    const float x[] = {10, 1, 0, 2};
    float y[6];
    const LinearTask task[] = {
        {Linear::of_floats(weight, 2, 3, true, nullptr), x, y, Activation::relu}};
    apply_linear(task, 2);
    const float expected[] = {12, 34, 56, 4, 8, 12};
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(y[i], expected[i]);
}

/// Sizes that divide nothing, on both sides of the change from few rows to many.
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
                Linear linear =
                    Linear::of_floats(w.data(), inputs, outputs, input_major, bias.data());
                linear.row_bytes = dtype_bytes(DType::f32, stride);
                const LinearTask task[] = {{linear, x.data(), y.data()}};
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

/// Weights that stay in the file's own type, unpacked on the way: also floats that are not aligned.
TEST(Linear, OtherTypesAgreeWithTheirUnpackedFloats) {
    std::mt19937 random(2);
    std::normal_distribution<float> normal;
    std::uniform_int_distribution<int> byte(0, 0x77);  // no NaN, no infinity in any of the types
    for (const DType dtype : {DType::f32, DType::f16, DType::bf16, DType::f8_e4m3}) {
        for (const bool input_major : {false, true}) {
            for (const Index rows : {1, 5, 60}) {
                const Index inputs = 37, outputs = 4500;
                const size_t size = dtype_bytes(dtype, inputs * outputs);
                std::vector<std::byte> bytes(size + 1);
                for (size_t i = 1; i < bytes.size(); ++i)
                    bytes[i] = static_cast<std::byte>(byte(random));
                // The high byte of a float makes it huge or tiny: keep the exponents near zero.
                const size_t width = dtype_block_bytes(dtype);
                for (size_t i = width; width > 1 && i < bytes.size(); i += width)
                    bytes[i] = static_cast<std::byte>(dtype == DType::f16 ? 0x34 : 0x3e);
                std::vector<float> w(static_cast<size_t>(inputs * outputs));
                unpack(dtype, bytes.data() + 1, inputs * outputs, w.data());
                std::vector<float> x(static_cast<size_t>(rows * inputs));
                for (float& value : x)
                    value = normal(random);
                Linear plain = Linear::of_floats(w.data(), inputs, outputs, input_major, nullptr);
                Linear packed = plain;
                packed.weight = bytes.data() + 1;
                packed.dtype = dtype;
                packed.row_bytes = dtype_bytes(dtype, input_major ? outputs : inputs);
                std::vector<float> expected(static_cast<size_t>(rows * outputs)), y(expected);
                const LinearTask wanted[] = {{plain, x.data(), expected.data()}};
                const LinearTask got[] = {{packed, x.data(), y.data()}};
                apply_linear(wanted, rows);
                apply_linear(got, rows);
                for (size_t i = 0; i < y.size(); ++i)
                    ASSERT_NEAR(y[i], expected[i], 1e-4f * (1 + std::abs(expected[i])))
                        << dtype_name(dtype) << input_major << rows;
            }
        }
    }
}

TEST(Unpack, ByHand) {
    const auto one = [](DType dtype, std::initializer_list<int> bytes) {
        std::vector<std::byte> raw;
        for (const int value : bytes)
            raw.push_back(static_cast<std::byte>(value));
        float result = 0;
        unpack(dtype, raw.data(), 1, &result);
        return result;
    };
    EXPECT_EQ(one(DType::bf16, {0xc0, 0x3f}), 1.5f);
    EXPECT_EQ(one(DType::f16, {0x00, 0x3e}), 1.5f);
    EXPECT_EQ(one(DType::f16, {0x01, 0x00}), 0x1p-24f);
    EXPECT_EQ(one(DType::f16, {0x00, 0xfc}), -std::numeric_limits<float>::infinity());
    // S.EEEE.MMM with bias 7: 0.0111.100 is 1.5, the largest 448, the smallest 2^-9.
    EXPECT_EQ(one(DType::f8_e4m3, {0x3c}), 1.5f);
    EXPECT_EQ(one(DType::f8_e4m3, {0x7e}), 448.0f);
    EXPECT_EQ(one(DType::f8_e4m3, {0x81}), -0x1p-9f);
    EXPECT_TRUE(std::isnan(one(DType::f8_e4m3, {0x7f})));
    // S.EEEEE.MM with bias 15: the largest 57344, the smallest 2^-16.
    EXPECT_EQ(one(DType::f8_e5m2, {0x3e}), 1.5f);
    EXPECT_EQ(one(DType::f8_e5m2, {0x7b}), 57344.0f);
    EXPECT_EQ(one(DType::f8_e5m2, {0x01}), 0x1p-16f);
    EXPECT_EQ(one(DType::f8_e5m2, {0x7c}), std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::isnan(one(DType::f8_e5m2, {0x7d})));
}

/// Eight at a time and the rest one at a time agree.
TEST(Unpack, HalvesInBulk) {
    std::vector<std::uint16_t> halves;
    for (int bits = 0; bits < 0x7c00; bits += 3)
        halves.push_back(static_cast<std::uint16_t>(bits | (bits & 1) << 15));
    const auto* bytes = reinterpret_cast<const std::byte*>(halves.data());
    std::vector<float> all(halves.size());
    unpack(DType::f16, bytes, static_cast<Index>(halves.size()), all.data());
    for (size_t i = 0; i < halves.size(); ++i) {
        float one = 0;
        unpack(DType::f16, bytes + 2 * i, 1, &one);
        ASSERT_EQ(all[i], one) << i;
    }
}

TEST(Linear, SeveralTasksAtOnceDoNotMix) {
    const float identity[] = {1, 0, 0, 1};
    const float x[] = {3, 4};
    float a[2], b[2];
    const LinearTask tasks[] = {{Linear::of_floats(identity, 2, 2, false, nullptr), x, a},
                                {Linear::of_floats(identity, 2, 2, false, x), x, b}};
    apply_linear(tasks, 1);
    EXPECT_EQ(a[0], 3);
    EXPECT_EQ(a[1], 4);
    EXPECT_EQ(b[0], 6);
    EXPECT_EQ(b[1], 8);
}

/// Queries, keys and values in one matrix of rows of one input each, and a matrix of another size:
/// on any number of cores.
TEST(Linear, TasksThatShareRowsAgreeWithDoublePrecision) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    const Index widths[] = {70, 33, 200, 90}, shared = 70 + 33 + 200, rows = 7;
    const Index inputs[] = {210, 210, 210, 40};
    std::vector<float> fused(size_t{210} * shared), other(size_t{40} * 90), x(size_t{rows} * 210),
        bias(200);
    for (auto* values : {&fused, &other, &x, &bias})
        for (float& value : *values)
            value = normal(random);
    std::vector<std::vector<float>> y;
    std::vector<LinearTask> tasks;
    for (Index task = 0, column = 0; task < 4; column += widths[task++]) {
        const float* weight = task < 3 ? fused.data() + column : other.data();
        y.emplace_back(static_cast<size_t>(rows * widths[task]), 1e30f);
        Linear linear = Linear::of_floats(weight, inputs[task], widths[task], true, bias.data());
        linear.row_bytes = dtype_bytes(DType::f32, task < 3 ? shared : widths[task]);
        tasks.push_back({linear, x.data(), y.back().data(),
                         task == 2 ? Activation::relu : Activation::identity});
    }
    for (const int cores : {1, 2, 3, 8, 20}) {
        for (auto& values : y)
            std::ranges::fill(values, 1e30f);
        tbb::task_arena(cores).execute([&] { apply_linear(tasks, rows); });
        for (size_t task = 0; task < 4; ++task) {
            const auto* weight = reinterpret_cast<const float*>(tasks[task].linear.weight);
            const Index stride = task < 3 ? shared : widths[task];
            for (Index t = 0; t < rows; ++t) {
                for (Index o = 0; o < widths[task]; ++o) {
                    double sum = bias[static_cast<size_t>(o)];
                    for (Index i = 0; i < inputs[task]; ++i)
                        sum += double{weight[i * stride + o]} *
                               x[static_cast<size_t>(t * inputs[task] + i)];
                    if (task == 2) sum = std::max(sum, 0.0);
                    ASSERT_NEAR(y[task][static_cast<size_t>(t * widths[task] + o)], sum, 1e-4)
                        << cores << " cores, task " << task << " at " << t << ", " << o;
                }
            }
        }
    }
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

// A norm behind the feed-forward takes away how small a value is, not how wrong it is for its size.
TEST(Activation, GeluByTanhKeepsItsDigitsWhereItIsSmall) {
    for (float v = -5; v <= 5; v += 0.0173f) {
        const double u = std::sqrt(2 / M_PI) * (v + 0.044715 * std::pow(double{v}, 3));
        const double wanted = v / (1 + std::exp(-2 * u));
        float x[] = {v};
        activate(Activation::gelu_tanh, x);
        ASSERT_NEAR(x[0], wanted, 1e-5 * std::abs(wanted)) << v;
    }
    float x[] = {-1e30f, 1e30f};
    activate(Activation::gelu_tanh, x);
    EXPECT_NEAR(x[0], 0, 1e-7);
    EXPECT_EQ(x[1], 1e30f);
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
    const Rotary rotary(RotarySettings{.dimensions = 4, .theta = 10000}, 4);
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
