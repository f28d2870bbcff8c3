#pragma once

#include <vector>

#include "engine/core/tensor.h"

namespace fovea {

/// Rotary position embedding (Su et al. 2021), the half-split form of GPT-NeoX and Llama: the first
/// `dimensions` of a head turn in pairs (i, i + dimensions / 2); the rest stay.
class Rotary {
  public:
    /// `inverse_frequencies` [dimensions / 2]; `amplitude` scales cosine and sine (YaRN).
    Rotary(std::vector<float> inverse_frequencies, Index positions, float amplitude = 1);

    /// theta^(-2 i / dimensions).
    static std::vector<float> frequencies(Index dimensions, double theta);

    /// Turns one vector of at least `dimensions` by its position, in place.
    void turn(float* head, Index position) const;

  private:
    Index half_;
    Tensor cosine_;  // [positions, half]
    Tensor sine_;    // [positions, half]
};

}  // namespace fovea
