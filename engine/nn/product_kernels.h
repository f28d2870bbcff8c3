#pragma once

#include <span>
#include <string_view>

#include "engine/nn/product.h"

namespace fovea {

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
    /// What `wide` makes of its input can be made once for all ranges of outputs, see
    /// fovea::packed_bytes; nullptr where it takes the input as it is.
    size_t (*packed_bytes)(const Product&) = nullptr;
    void (*pack)(const Product&, Index begin, Index end, std::byte* to) = nullptr;
    /// Few rows of some types by instructions that multiply matrices; the input is packed anew for
    /// each range of outputs. nullptr where there are none.
    void (*tiled)(const Product&, Index begin, Index end) = nullptr;
    /// `tiled` knows the type and is the fastest for so many rows; nullptr with it.
    bool (*suits_tiles)(DType dtype, Index rows) = nullptr;
};

/// Those that this processor can run, the fastest first; none where it has no AVX2.
std::span<const ProductKernels> product_kernels();

}  // namespace fovea
