#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen2_architecture() {
    ArchSpec spec = llama_like("qwen2", "Qwen 2 (Yang et al. 2024)");
    spec.class_names = {"Qwen2"};
    // Queries, keys and values have a bias each, whatever a file says; nothing else has one.
    spec.tensor_flags = {{{}, false, {Role::output_bias}}, gated_bias_flag({})};
    spec.neutral_keys.insert(spec.neutral_keys.end(), {"attention_bias", "mlp_bias"});
    spec.sizes = llama_sizes(always<32768>);
    set_fallback(spec.sizes, &ModelConfig::key_heads, always<32>);
    spec.layer_kinds = qwen_layer_kinds();
    return spec;
}

}  // namespace fovea
