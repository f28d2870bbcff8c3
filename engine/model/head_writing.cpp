#include "engine/model/head_writing.h"

#include "engine/model/weights.h"

namespace fovea {

HeadWriting::HeadWriting(const Stack& stack, Index layer, bool cross)
    : head_dim_(stack.config->head_dim) {
    const BoundTensors& w = stack.weights->layers[static_cast<size_t>(layer)];
    const Linear output = w.linear(cross ? Role::cross_output_weight : Role::output_weight,
                                   cross ? Role::cross_output_bias : Role::output_bias);
    width_ = output.outputs;
    input_major_ = output.input_major;
    bias_ = output.bias;
    // Columns of W_O belong to heads; where the file packs numbers in blocks across them, rows are
    // unpacked whole.
    weight_ =
        Tensor::uninitialised(input_major_ ? std::vector<Index>{output.inputs, output.outputs}
                                           : std::vector<Index>{output.outputs, output.inputs});
    output.unpack_outputs(0, output.outputs, weight_.data());
}

HeadWriting::RowMajor HeadWriting::through(Index head,
                                           const Eigen::Ref<const RowMajor>& vectors) const {
    const Eigen::Map<const RowMajor> matrix(weight_.data(), weight_.extent(0), weight_.extent(1));
    RowMajor written(vectors.rows(), width_);
    if (input_major_)
        written.noalias() = vectors * matrix.middleRows(head * head_dim_, head_dim_);
    else
        written.noalias() = vectors * matrix.middleCols(head * head_dim_, head_dim_).transpose();
    return written;
}

HeadWriting::RowMajor HeadWriting::of_row(const LayerTrace& trace, Index query) const {
    const Tensor& output = trace.scores->output;
    RowMajor written(output.extent(0), width_);
    for (Index h = 0; h < output.extent(0); ++h)
        written.row(h) = through(
            h, Eigen::Map<const RowMajor>(output.slice(h) + query * head_dim_, 1, head_dim_));
    return written;
}

Eigen::RowVectorXf HeadWriting::bias() const {
    if (!bias_) return {};
    return Eigen::Map<const Eigen::RowVectorXf>(bias_, width_);
}

}  // namespace fovea
