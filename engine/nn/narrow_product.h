#pragma once

#include <cstddef>

#include "engine/core/tensor.h"
#include "engine/io/dtype.h"

namespace fovea {

/// output[t, o] = Σ_i weight[o, i] input[t, i] for outputs [begin, end): few rows t, each weight
/// read once from memory and widened in registers. Eigen packs its operands first, which costs more
/// than the product when there are few rows.
struct NarrowProduct {
    /// [outputs, inputs], or [inputs, outputs] for the second function; `row_bytes` from row to
    /// row.
    const std::byte* weight = nullptr;
    DType dtype = DType::f32;
    size_t row_bytes = 0;
    const float* input = nullptr;  // [rows, inputs]
    Index inputs = 0;
    Index rows = 0;
    float* output = nullptr;  // [rows, output_stride]
    Index output_stride = 0;
};
void narrow_product(const NarrowProduct& product, Index begin, Index end);
void narrow_product_input_major(const NarrowProduct& product, Index begin, Index end);

/// Up to so many rows these are the faster. 0 where they do not know the type, or the machine has
/// no AVX2.
Index narrow_product_rows(DType dtype, bool input_major);

}  // namespace fovea
