#include "engine/nn/softmax.h"

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "engine/nn/avx512/softmax.h"

namespace fovea {
namespace {

constexpr float hidden = -std::numeric_limits<float>::infinity();
constexpr float smallest_log = -87;  // whose exponential is no denormal

}  // namespace

float softmax_row(std::span<float> logits, std::span<float> logs) {
#ifdef FOVEA_HAS_AVX512
    static const bool sixteen = avx512::supported();
    if (sixteen) return avx512::softmax_row(logits, logs);
#endif
    return softmax_row_of_eights(logits, logs);
}

float softmax_row_of_eights(std::span<float> logits, std::span<float> logs) {
    const auto size = static_cast<Eigen::Index>(logits.size());
    Eigen::Map<Eigen::ArrayXf> x(logits.data(), size);
    Eigen::Map<Eigen::ArrayXf> log_weights(logs.data(), size);
    const float largest = size > 0 ? x.maxCoeff() : hidden;
    if (largest == hidden) {
        x.setZero();
        log_weights.setConstant(hidden);
        return hidden;
    }
    log_weights = x - largest;
    x = log_weights.exp();
    // Eigen's exp gives a denormal, not zero, for -infinity; and its select would keep it from
    // computing eight at a time.
    for (size_t j = 0; j < logits.size(); ++j)
        logits[j] = logs[j] < smallest_log ? 0.0f : logits[j];
    const float sum = x.sum();
    x *= 1 / sum;
    const float log_sum = std::log(sum);
    log_weights -= log_sum;
    return largest + log_sum;
}

}  // namespace fovea
