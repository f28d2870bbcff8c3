#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/core/tensor.h"
#include "engine/io/dtype.h"

namespace fovea {

/// output[t, o] = Σ_i weight[o, i] input[t, i]
struct Product {
    const std::byte* weight = nullptr;  ///< need not be aligned
    DType dtype = DType::f32;
    size_t row_bytes = 0;          ///< from row to row of the weights
    bool input_major = false;      ///< weight is [inputs, outputs]; otherwise [outputs, inputs]
    const float* input = nullptr;  // [rows, inputs]
    Index inputs = 0;
    Index rows = 0;
    float* output = nullptr;  // [rows, output_stride]
    Index output_stride = 0;
};

/// Products as one kind of processor makes them. Each computes outputs [begin, end) on the calling
/// thread.
struct ProductKernels {
    std::string_view name;  ///< the instructions that they need: "AVX-512"
    /// Few rows: each weight is read from memory once and widened in registers. Eigen packs its
    /// operands first, which then costs more than the product.
    void (*narrow)(const Product&, Index begin, Index end);
    /// Up to so many rows `narrow` is the fastest; 0 where it does not know the type.
    Index (*narrow_rows)(DType dtype, bool input_major);
    /// Many rows, of every type that `unpack` knows; nullptr where Eigen is as fast.
    void (*wide)(const Product&, Index begin, Index end);
};

/// Those that this processor can run, the fastest first; none where it has no AVX2.
std::span<const ProductKernels> product_kernels();

}  // namespace fovea
