#include "engine/model/value_norms.h"

#include <Eigen/Core>

#include "engine/core/task_pool.h"
#include "engine/model/weights.h"

namespace fovea {

Tensor value_norms(const Model& model, const LayerTrace& trace, Index layer) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    using Strided = Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>>;
    const Projections& p = *trace.projections;
    const Linear output = model.weights().layers[static_cast<size_t>(layer)].linear(
        Role::output_weight, Role::output_bias);
    Tensor norms = Tensor::uninitialised({p.heads, p.keys});
    parallel_for(p.heads, [&](Index h) {
        const Eigen::Map<const RowMajor> value(p.value_of(h), p.keys, p.head_dim);
        const Index first = h * p.head_dim;
        RowMajor moved;
        if (output.input_major) {
            moved.noalias() = value * Strided(output.weight + first * output.stride, p.head_dim,
                                              output.outputs, Eigen::OuterStride<>(output.stride));
        } else {
            moved.noalias() = value * Strided(output.weight + first, output.outputs, p.head_dim,
                                              Eigen::OuterStride<>(output.stride))
                                          .transpose();
        }
        Eigen::Map<Eigen::VectorXf>(norms.slice(h), p.keys) = moved.rowwise().norm();
    });
    return norms;
}

}  // namespace fovea
