#include "engine/model/value_norms.h"

#include <Eigen/Core>

#include "engine/core/task_pool.h"
#include "engine/model/weights.h"

namespace fovea {

Tensor value_norms(const Model& model, const LayerTrace& trace, Index layer, Part part) {
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Projections& p = *trace.projections;
    const BoundTensors& weights = model.stack(part).weights->layers[static_cast<size_t>(layer)];
    const bool cross = part == Part::cross;
    const Linear output = weights.linear(cross ? Role::cross_output_weight : Role::output_weight,
                                         cross ? Role::cross_output_bias : Role::output_bias);
    // Columns of W_O belong to heads; where the file packs numbers in blocks across them, rows are
    // unpacked whole.
    Tensor weight = Tensor::uninitialised(output.input_major
                                              ? std::vector<Index>{output.inputs, output.outputs}
                                              : std::vector<Index>{output.outputs, output.inputs});
    output.unpack_outputs(0, output.outputs, weight.data());
    const Eigen::Map<const RowMajor> matrix(weight.data(), weight.extent(0), weight.extent(1));
    Tensor norms = Tensor::uninitialised({p.heads, p.keys});
    parallel_for(p.heads, [&](Index h) {
        const Eigen::Map<const RowMajor> value(p.value_of(h), p.keys, p.head_dim);
        const Index first = h * p.head_dim;
        RowMajor moved;
        if (output.input_major) {
            moved.noalias() = value * matrix.middleRows(first, p.head_dim);
        } else {
            moved.noalias() = value * matrix.middleCols(first, p.head_dim).transpose();
        }
        Eigen::Map<Eigen::VectorXf>(norms.slice(h), p.keys) = moved.rowwise().norm();
    });
    return norms;
}

}  // namespace fovea
