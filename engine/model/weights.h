#pragma once

#include <array>
#include <vector>

#include "engine/arch/arch_spec.h"
#include "engine/core/tensor.h"
#include "engine/nn/linear.h"
#include "engine/nn/norm.h"

namespace fovea {

struct TensorView;

/// A tensor of the checkpoint bound to a role: `data` points into the mapped file, in the file's
/// own type. Vectors (norms, biases) are floats always, in Weights::converted where the file holds
/// another type or the bytes are not aligned.
struct BoundTensor {
    const std::byte* data = nullptr;  ///< nullptr: the checkpoint has none
    DType dtype = DType::f32;
    Index rows = 0;
    Index columns = 1;
    size_t row_bytes = 0;
    bool input_major = false;

    /// Of a vector. nullptr where the checkpoint has none.
    const float* floats() const { return reinterpret_cast<const float*>(data); }
    /// One row of an embedding, [columns].
    void unpack_row(Index row, float* to) const {
        unpack(dtype, data + static_cast<size_t>(row) * row_bytes, columns, to);
    }
};

/// What all norms of a model have in common.
struct NormSettings {
    NormKind kind = NormKind::layer;
    float epsilon = 1e-5f;
    float gain_offset = 0;
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
        return {w.data,  w.dtype,       w.row_bytes,           inputs,
                outputs, w.input_major, (*this)[bias].floats()};
    }
    Norm norm(const NormSettings& settings, Role gain, Role bias) const {
        return {settings.kind, (*this)[gain].floats(), (*this)[bias].floats(), settings.epsilon,
                settings.gain_offset};
    }

  private:
    std::array<BoundTensor, role_count + 1> tensors_;  // Role::count stays unbound
};

struct Weights {
    BoundTensors model;
    std::vector<BoundTensors> layers;
    bool has_head = false;
    std::vector<Tensor> converted;
    std::vector<const TensorView*> bound;  ///< the checkpoint's that all these are made of
};

struct Stack;
NormSettings norm_settings(const Stack& stack);

}  // namespace fovea
