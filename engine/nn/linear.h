#pragma once

#include <cstddef>
#include <span>

#include "engine/core/tensor.h"
#include "engine/io/dtype.h"
#include "engine/nn/activation.h"

namespace fovea {

/// y = W x + b, the weights somewhere in a mapped file, in the file's own type: rows of a type
/// other than float are unpacked into cache as they are used.
struct Linear {
    /// [outputs, inputs] with `row_bytes` from row to row, as PyTorch's nn.Linear stores it; or
    /// [inputs, outputs] where `input_major`, as GPT-2's Conv1D does.
    const std::byte* weight = nullptr;
    DType dtype = DType::f32;
    size_t row_bytes = 0;
    Index inputs = 0;
    Index outputs = 0;
    bool input_major = false;
    const float* bias = nullptr;  // [outputs] or nullptr

    /// Over floats that lie row by row without gaps.
    static Linear of_floats(const float* weight, Index inputs, Index outputs, bool input_major,
                            const float* bias);

    /// Weights of outputs [begin, end) as floats [end - begin, inputs], or [inputs, end - begin]
    /// where input_major.
    void unpack_outputs(Index begin, Index end, float* to) const;
};

/// One product of a step: output [rows, outputs] = activation(linear(input [rows, inputs])).
struct LinearTask {
    Linear linear;
    const float* input = nullptr;
    float* output = nullptr;
    Activation activation = Activation::identity;
};

/// Does all the tasks, which must not depend on one another, on all cores. With few rows every
/// weight is read once from memory and the products are bound by that; with many, by arithmetic.
void apply_linear(std::span<const LinearTask> tasks, Index rows);

}  // namespace fovea
