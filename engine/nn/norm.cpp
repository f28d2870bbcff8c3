#include "engine/nn/norm.h"

#include <Eigen/Core>
#include <cmath>

namespace fovea {

void apply_norm(const Norm& norm, const float* input, Index rows, Index width, float* output) {
    using Row = Eigen::Map<Eigen::ArrayXf>;
    using ConstRow = Eigen::Map<const Eigen::ArrayXf>;
    const auto count = static_cast<float>(width);
    for (Index i = 0; i < rows; ++i) {
        const ConstRow x(input + i * width, width);
        Row y(output + i * width, width);
        if (norm.kind == NormKind::layer) {
            y = x - x.sum() / count;
        } else {
            y = x;
        }
        y *= 1.0f / std::sqrt(y.square().sum() / count + norm.epsilon);
        if (norm.gain) y *= ConstRow(norm.gain, width) + norm.gain_offset;
        if (norm.bias) y += ConstRow(norm.bias, width);
    }
}

}  // namespace fovea
