#pragma once

#include <cstddef>

#include "engine/core/tensor.h"
#include "engine/io/dtype.h"

namespace fovea {

/// output[t, o] = Σ_i weight[o, i] input[t, i]
struct Product {
    const std::byte* weight = nullptr;  ///< need not be aligned
    DType dtype = DType::f32;
    size_t row_bytes = 0;          ///< from row to row of the weights
    bool input_major = false;      ///< weight is [inputs, outputs]; otherwise [outputs, inputs]
    const float* input = nullptr;  // [rows, inputs], see input_stride
    Index inputs = 0;
    Index rows = 0;
    float* output = nullptr;  // [rows, output_stride]
    Index output_stride = 0;
    Index input_stride = 0;  ///< from row to row of the input; 0: one follows the other

    /// The input as `pack` made it; nullptr: packed anew for each range of outputs.
    const std::byte* packed = nullptr;

    const float* input_row(Index row) const {
        return input + row * (input_stride > 0 ? input_stride : inputs);
    }
};

/// Outputs [begin, end) on the calling thread, by the fastest way that this processor has.
void multiply(const Product& product, Index begin, Index end);

/// So many bytes the input takes once `pack` has put it into the order that the kernel likes, for
/// all ranges of outputs; 0 where the kernel takes it as it is. Products of the same input may
/// share it where both or neither are input-major.
size_t packed_bytes(const Product& product);
/// Rows [begin, end) of the input, begin and end multiples of packed_rows or the last; `to` is
/// where all of it begins.
void pack(const Product& product, Index begin, Index end, std::byte* to);
constexpr Index packed_rows = 16;

/// Outputs may be cut into many small ranges: each costs what its share of the weights does.
/// Otherwise (the input is packed anew for each range) as few as there are cores.
bool divides_freely(const Product& product);

/// Rows of one input each come from memory at its full rate only where they are read from end to
/// end: cut the inputs, not the outputs, and add up what the parts make of them.
bool divides_by_inputs(const Product& product);

/// Weights of outputs [begin, end) as floats [end - begin, inputs], or [inputs, end - begin] where
/// input_major.
void unpack_outputs(const Product& product, Index begin, Index end, float* to);

}  // namespace fovea
