#pragma once

#include <span>

#include "engine/core/tensor.h"
#include "engine/nn/activation.h"

namespace fovea {

/// y = W x + b, the weights somewhere in a mapped file.
struct Linear {
    /// [outputs, inputs] with `stride` floats from row to row, as PyTorch's nn.Linear stores it; or
    /// [inputs, outputs] where `input_major`, as GPT-2's Conv1D does.
    const float* weight = nullptr;
    Index inputs = 0;
    Index outputs = 0;
    Index stride = 0;
    bool input_major = false;
    const float* bias = nullptr;  // [outputs] or nullptr
};

/// One product of a step: output [rows, outputs] = activation(linear(input [rows, inputs])).
struct LinearTask {
    Linear linear;
    const float* input = nullptr;
    float* output = nullptr;
    Activation activation = Activation::identity;
};

/// Does all the tasks, which must not depend on one another, on all cores. With few rows every
/// weight is read once from memory and the products are bound by that; with many, Eigen's.
void apply_linear(std::span<const LinearTask> tasks, Index rows);

}  // namespace fovea
