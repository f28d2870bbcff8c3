#pragma once

#include <array>
#include <vector>

#include "engine/arch/arch_spec.h"
#include "engine/core/tensor.h"
#include "engine/nn/linear.h"
#include "engine/nn/norm.h"

namespace fovea {

/// Floats of the checkpoint bound to a role: `data` points into the mapped file, or into
/// Weights::converted where the file holds another type or the bytes are not aligned.
struct BoundTensor {
    const float* data = nullptr;  ///< nullptr: the checkpoint has none
    Index rows = 0;
    Index columns = 1;
    Index stride = 1;
    bool input_major = false;
};

/// A set of bound tensors: the model's own, or one layer's.
class BoundTensors {
  public:
    BoundTensor& operator[](Role role) { return tensors_[static_cast<size_t>(role)]; }
    const BoundTensor& operator[](Role role) const { return tensors_[static_cast<size_t>(role)]; }
    bool has(Role role) const { return (*this)[role].data != nullptr; }

    Linear linear(Role weight, Role bias) const {
        const BoundTensor& w = (*this)[weight];
        const Index inputs = w.input_major ? w.rows : w.columns;
        const Index outputs = w.input_major ? w.columns : w.rows;
        return {w.data, inputs, outputs, w.stride, w.input_major, (*this)[bias].data};
    }
    Norm norm(NormKind kind, Role gain, Role bias, float epsilon) const {
        return {kind, (*this)[gain].data, (*this)[bias].data, epsilon};
    }

  private:
    std::array<BoundTensor, role_count> tensors_;
};

struct Weights {
    BoundTensors model;
    std::vector<BoundTensors> layers;
    bool has_head = false;
    std::vector<Tensor> converted;
};

}  // namespace fovea
