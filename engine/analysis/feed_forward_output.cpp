#include "engine/analysis/feed_forward_output.h"

#include "engine/arch/arch_spec.h"
#include "engine/model/weights.h"

namespace fovea {

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
