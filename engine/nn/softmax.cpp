#include "engine/nn/softmax.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/nn/avx512/softmax.h"

#ifdef __FAST_MATH__
#error "Hidden cells are infinities, and what is no number is shown as such: no -ffast-math."
#endif

namespace fovea {
namespace {

constexpr float hidden = -std::numeric_limits<float>::infinity();
constexpr float smallest_log = -87;  // whose exponential is no denormal

}  // namespace

RowSoftmax softmax_row(std::span<float> row, float temperature) {
#ifdef FOVEA_HAS_AVX512
    static const bool sixteen = avx512::supported();
    if (sixteen) return avx512::softmax_row(row, temperature);
#endif
    return softmax_row_of_eights(row, temperature);
}

RowSoftmax softmax_row_of_eights(std::span<float> row, float temperature) {
    const auto size = static_cast<Eigen::Index>(row.size());
    Eigen::Map<Eigen::ArrayXf> x(row.data(), size);
    const float largest = size > 0 ? x.maxCoeff() : hidden;
    if (largest == hidden) {
        x.setZero();
        return {hidden, 0, 0, 0};
    }
    const float inverse = 1 / temperature;
    // Piece by piece, so that the logarithms need no memory of a row's length.
    constexpr Eigen::Index most = 512;
    float logs[most];
    float sum = 0, expected = 0;  // of the exponentials, and of the logarithms times those
    for (Eigen::Index begin = 0; begin < size; begin += most) {
        const Eigen::Index count = std::min(most, size - begin);
        Eigen::Map<Eigen::ArrayXf> log_weights(logs, count);
        auto weights = x.segment(begin, count);
        log_weights = (weights - largest) * inverse;
        weights = log_weights.exp();
        // Eigen's exp gives a denormal, not zero, for -infinity; and its select would keep it from
        // computing eight at a time.
        for (Eigen::Index j = 0; j < count; ++j)
            weights[j] = logs[j] < smallest_log ? 0.0f : weights[j];
        sum += weights.sum();
        // Zero times -infinity is NaN: zero times anything finite is what is meant.
        expected += (weights * log_weights.max(std::numeric_limits<float>::lowest())).sum();
    }
    x *= 1 / sum;
    const float log_sum = std::log(sum);
    return {largest, log_sum, entropy_from(log_sum, expected / sum), 1 / sum};
}

}  // namespace fovea
