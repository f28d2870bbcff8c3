#pragma once

#include "engine/core/tensor.h"

namespace fovea {

/// output[t, o] = Σ_i weight[o, i] input[t, i] for outputs [begin, end): few rows t, weights in
/// [outputs, inputs] order, each of them read once. Eigen packs its operands first, which costs
/// more than the product when there are few rows.
struct NarrowProduct {
    const float* weight = nullptr;
    Index stride = 0;  ///< of weight, in floats
    const float* input = nullptr;
    Index inputs = 0;
    Index rows = 0;
    float* output = nullptr;
    Index output_stride = 0;
};
void narrow_product(const NarrowProduct& product, Index begin, Index end);

/// Up to so many rows narrow_product is the faster; 0 where the machine has no AVX2.
extern const Index narrow_product_rows;

}  // namespace fovea
