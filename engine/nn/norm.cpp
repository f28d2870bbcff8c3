#include "engine/nn/norm.h"

#include <Eigen/Core>
#include <cmath>

namespace fovea {

void apply_norm(const Norm& norm, const float* input, Index rows, Index width, float* output) {
    using Row = Eigen::Map<Eigen::ArrayXf>;
    using ConstRow = Eigen::Map<const Eigen::ArrayXf>;
    const auto count = static_cast<double>(width);
    for (Index i = 0; i < rows; ++i) {
        const ConstRow x(input + i * width, width);
        Row y(output + i * width, width);
        // Moments in double: every later layer inherits their rounding.
        if (norm.kind == NormKind::layer) {
            y = x - static_cast<float>(x.cast<double>().sum() / count);
        } else {
            y = x;
        }
        const double variance = y.cast<double>().square().sum() / count;
        y *= static_cast<float>(1.0 / std::sqrt(variance + double{norm.epsilon}));
        if (norm.gain) y *= ConstRow(norm.gain, width) + norm.gain_offset;
        if (norm.bias) y += ConstRow(norm.bias, width);
    }
}

}  // namespace fovea
