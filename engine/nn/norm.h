#pragma once

#include "engine/core/tensor.h"

namespace fovea {

enum class NormKind {
    layer,  ///< mean and variance (Ba et al. 2016)
    rms,    ///< root mean square only (Zhang & Sennrich 2019)
};

struct Norm {
    NormKind kind = NormKind::layer;
    const float* gain = nullptr;  // [width]; nullptr: ones
    const float* bias = nullptr;  // [width]; nullptr: zeros
    float epsilon = 1e-5f;
    float gain_offset = 0;  ///< Gemma stores gain - 1
};

/// output[i] = norm(input[i]) for `rows` rows of `width`; may work in place.
void apply_norm(const Norm& norm, const float* input, Index rows, Index width, float* output);

}  // namespace fovea
