#include "engine/nn/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fovea {
namespace {

double exponents_of(const RotarySettings& s) {
    return static_cast<double>(s.exponents > 0 ? s.exponents : s.dimensions);
}

std::vector<float> plain_frequencies(const RotarySettings& s, double theta) {
    std::vector<float> result(static_cast<size_t>(s.dimensions / 2));
    for (size_t i = 0; i < result.size(); ++i)
        result[i] =
            static_cast<float>(std::pow(theta, -2.0 * static_cast<double>(i) / exponents_of(s)));
    return result;
}

/// The pair that turns `rotations` times over the trained length (Peng et al. 2023, equation 17).
double pair_of_rotations(const RotarySettings& s, double rotations) {
    return static_cast<double>(s.dimensions) *
           std::log(s.trained_positions / (rotations * 2 * std::numbers::pi)) /
           (2 * std::log(double{s.theta}));
}

void stretch_yarn(const RotarySettings& s, std::vector<float>& frequencies) {
    double low = pair_of_rotations(s, s.beta_fast), high = pair_of_rotations(s, s.beta_slow);
    if (s.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, static_cast<double>(s.dimensions - 1));
    if (low == high) high += 0.001;  // as the reference implementation keeps the ramp finite
    for (size_t i = 0; i < frequencies.size(); ++i) {
        const double stretched =
            std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        frequencies[i] = static_cast<float>(frequencies[i] / s.factor * stretched +
                                            frequencies[i] * (1 - stretched));
    }
}

void stretch_llama3(const RotarySettings& s, std::vector<float>& frequencies) {
    const double longest = s.trained_positions / s.low_frequency_factor;
    const double shortest = s.trained_positions / s.high_frequency_factor;
    for (float& frequency : frequencies) {
        const double wavelength = 2 * std::numbers::pi / frequency;
        if (wavelength < shortest) continue;
        double kept = 0;
        if (wavelength <= longest)
            kept = (s.trained_positions / wavelength - s.low_frequency_factor) /
                   (s.high_frequency_factor - s.low_frequency_factor);
        frequency = static_cast<float>((1 - kept) * frequency / s.factor + kept * frequency);
    }
}

}  // namespace

std::vector<float> rotary_frequencies(const RotarySettings& s, Index positions) {
    double theta = s.theta;
    if (s.scaling == RotaryScaling::dynamic) {
        const double length = std::max<double>(static_cast<double>(positions), s.trained_positions);
        const double dimensions = exponents_of(s);
        theta *= std::pow(s.factor * length / s.trained_positions - (s.factor - 1),
                          dimensions / (dimensions - 2));
    }
    auto frequencies = plain_frequencies(s, theta);
    if (s.scaling == RotaryScaling::linear)
        for (float& frequency : frequencies)
            frequency /= s.factor;
    if (s.scaling == RotaryScaling::yarn) stretch_yarn(s, frequencies);
    if (s.scaling == RotaryScaling::llama3) stretch_llama3(s, frequencies);
    return frequencies;
}

Rotary::Rotary(const RotarySettings& settings, Index positions)
    : Rotary(rotary_frequencies(settings, positions), positions, settings.amplitude) {}

Rotary::Rotary(const std::vector<float>& inverse_frequencies, Index positions, float amplitude)
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
