#include "engine/nn/rotary.h"

#include <cmath>

namespace fovea {

std::vector<float> Rotary::frequencies(Index dimensions, double theta) {
    std::vector<float> result(static_cast<size_t>(dimensions / 2));
    for (size_t i = 0; i < result.size(); ++i)
        result[i] = static_cast<float>(
            std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(dimensions)));
    return result;
}

Rotary::Rotary(std::vector<float> inverse_frequencies, Index positions, float amplitude)
    : half_(static_cast<Index>(inverse_frequencies.size())),
      cosine_(Tensor::uninitialised({positions, half_})),
      sine_(Tensor::uninitialised({positions, half_})) {
    for (Index p = 0; p < positions; ++p) {
        for (Index i = 0; i < half_; ++i) {
            // In float, as the reference multiplies them: at long positions the rounding shows.
            const float angle = static_cast<float>(p) * inverse_frequencies[static_cast<size_t>(i)];
            cosine_.at(p, i) = amplitude * std::cos(angle);
            sine_.at(p, i) = amplitude * std::sin(angle);
        }
    }
}

void Rotary::turn(float* head, Index position) const {
    const float* cosine = cosine_.data() + position * half_;
    const float* sine = sine_.data() + position * half_;
    for (Index i = 0; i < half_; ++i) {
        const float a = head[i];
        const float b = head[i + half_];
        head[i] = a * cosine[i] - b * sine[i];
        head[i + half_] = b * cosine[i] + a * sine[i];
    }
}

}  // namespace fovea
