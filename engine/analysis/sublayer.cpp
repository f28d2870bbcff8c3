#include "engine/analysis/sublayer.h"

#include "engine/arch/arch_spec.h"
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

Eigen::RowVectorXf feed_forward_output(const Stack& stack, Index layer,
                                       const Eigen::RowVectorXf& read) {
    const ModelConfig& config = *stack.config;
    const BoundTensors& w = stack.weights->layers[static_cast<size_t>(layer)];
    const NormSettings settings = norm_settings(stack);
    const Index width = config.width;
    Eigen::RowVectorXf input = read;
    const bool own_norm = w.has(Role::feed_forward_norm_gain);
    if (config.norm_before && own_norm)
        apply_norm(w.norm(settings, Role::feed_forward_norm_gain, Role::feed_forward_norm_bias),
                   read.data(), 1, width, input.data());
    else if (config.parallel_block && w.has(Role::attention_norm_gain))
        apply_norm(w.norm(settings, Role::attention_norm_gain, Role::attention_norm_bias),
                   read.data(), 1, width, input.data());
    Eigen::RowVectorXf inner(config.feed_forward), result(width);
    const Linear up = w.linear(Role::up_weight, Role::up_bias);
    if (config.gated) {
        Eigen::RowVectorXf gate(config.feed_forward);
        const LinearTask tasks[] = {{up, input.data(), inner.data()},
                                    {w.linear(Role::gate_weight, Role::gate_bias), input.data(),
                                     gate.data(), config.activation}};
        apply_linear(tasks, 1);
        inner.array() *= gate.array();
    } else {
        const LinearTask tasks[] = {{up, input.data(), inner.data(), config.activation}};
        apply_linear(tasks, 1);
    }
    const LinearTask down[] = {
        {w.linear(Role::down_weight, Role::down_bias), inner.data(), result.data()}};
    apply_linear(down, 1);
    if (w.has(Role::feed_forward_output_norm_gain))
        apply_norm(w.norm(settings, Role::feed_forward_output_norm_gain, Role::count),
                   result.data(), 1, width, result.data());
    return result;
}

}  // namespace fovea
