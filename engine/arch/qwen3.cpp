#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen3_architecture() {
    using enum Extent;
    ArchSpec spec = llama_like("qwen3", "Qwen 3 (Yang et al. 2025)");
    spec.class_names = {"Qwen3"};
    spec.tensor_flags = {attention_bias_flag("attention_bias"), gated_bias_flag({})};
    spec.neutral_keys.push_back("mlp_bias");
    spec.sizes = llama_sizes(always<32768>);
    set_fallback(spec.sizes, &ModelConfig::key_heads, always<32>);
    // Files that leave it out mean 128, whatever the width.
    set_fallback(spec.sizes, &ModelConfig::head_dim, always<128>);
    spec.layer_kinds = qwen_layer_kinds();
    spec.tensors =
        joined({std::move(spec.tensors),
                {{Role::query_norm_gain, "layers.{}.self_attn.q_norm.weight", {head_dim}},
                 {Role::key_norm_gain, "layers.{}.self_attn.k_norm.weight", {head_dim}}}});
    return spec;
}

}  // namespace fovea
