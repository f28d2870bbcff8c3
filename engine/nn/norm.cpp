#include "engine/nn/norm.h"

#include <Eigen/Core>
#include <cmath>
#include <iterator>
#include <numeric>

namespace fovea {
namespace {

/// Σ f(x) in double: every later layer inherits the rounding of moments. Eight sums side by side,
/// for vectors; Eigen would make one, value by value.
template <class F>
double sum_over(const float* x, Index count, F&& f) {
    constexpr Index lanes = 8;
    double sums[lanes] = {};
    Index i = 0;
    for (; i + lanes <= count; i += lanes)
        for (Index lane = 0; lane < lanes; ++lane)
            sums[lane] += f(double{x[i + lane]});
    for (; i < count; ++i)
        sums[0] += f(double{x[i]});
    return std::accumulate(std::begin(sums), std::end(sums), 0.0);
}

}  // namespace

void apply_norm(const Norm& norm, const float* input, Index rows, Index width, float* output) {
    using Row = Eigen::Map<Eigen::ArrayXf>;
    using ConstRow = Eigen::Map<const Eigen::ArrayXf>;
    const auto count = static_cast<double>(width);
    for (Index i = 0; i < rows; ++i) {
        const ConstRow x(input + i * width, width);
        Row y(output + i * width, width);
        if (norm.kind == NormKind::layer) {
            const double sum = sum_over(x.data(), width, [](double value) { return value; });
            y = x - static_cast<float>(sum / count);
        } else {
            y = x;
        }
        const double variance =
            sum_over(y.data(), width, [](double value) { return value * value; }) / count;
        y *= static_cast<float>(1.0 / std::sqrt(variance + double{norm.epsilon}));
        if (norm.gain) y *= ConstRow(norm.gain, width) + norm.gain_offset;
        if (norm.bias) y += ConstRow(norm.bias, width);
    }
}

}  // namespace fovea
