#pragma once

#include <vector>

#include "engine/core/tensor.h"

namespace fovea {

/// How the angles of a rotary embedding are stretched for sentences longer than it was trained on.
enum class RotaryScaling {
    none,
    linear,   ///< positions divided by the factor (Chen et al. 2023)
    dynamic,  ///< theta grows with the sentence once it is beyond the trained length (NTK-aware)
    yarn,     ///< slow turns stretched, fast ones kept, a ramp between (Peng et al. 2023)
    llama3,   ///< the same by wavelength (Dubey et al. 2024)
};

struct RotarySettings {
    Index dimensions = 0;  ///< of the head that turn, from the front; even
    Index exponents = 0;   ///< pair i turns by theta^(-2 i / exponents); 0: dimensions
    float theta = 10000;
    RotaryScaling scaling = RotaryScaling::none;
    float factor = 1;
    float trained_positions = 0;  ///< the length before stretching
    float low_frequency_factor = 1;
    float high_frequency_factor = 4;
    float beta_fast = 32;
    float beta_slow = 1;
    bool truncate = true;  ///< YaRN's ramp begins and ends at whole dimensions
    float amplitude = 1;   ///< of cosine and sine (YaRN's attention factor)
};

/// Rotary position embedding (Su et al. 2021), the half-split form of GPT-NeoX and Llama: the first
/// `dimensions` of a head turn in pairs (i, i + dimensions / 2); the rest stay.
class Rotary {
  public:
    Rotary(const RotarySettings& settings, Index positions);
    /// `inverse_frequencies` [dimensions / 2]; `amplitude` scales cosine and sine.
    Rotary(const std::vector<float>& inverse_frequencies, Index positions, float amplitude = 1);

    /// Turns one vector of at least `dimensions` by its position, in place.
    void turn(float* head, Index position) const;

  private:
    Index half_;
    Tensor cosine_;  // [positions, half]
    Tensor sine_;    // [positions, half]
};

/// Radians a position of each pair, [dimensions / 2], for a sentence of `positions` tokens.
std::vector<float> rotary_frequencies(const RotarySettings& settings, Index positions);

}  // namespace fovea
