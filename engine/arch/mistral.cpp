#include "engine/arch/parts.h"

namespace fovea {

ArchSpec mistral_architecture() {
    ArchSpec spec = llama_like("mistral", "Mistral (Jiang et al. 2023)");
    spec.class_names = {"Mistral"};
    // No bias anywhere, whatever a file says or holds.
    spec.tensor_flags = {attention_bias_flag({}), gated_bias_flag({})};
    spec.neutral_keys.insert(spec.neutral_keys.end(), {"attention_bias", "mlp_bias"});
    spec.sizes = llama_sizes(always<131072>);
    set_fallback(spec.sizes, &ModelConfig::key_heads, always<8>);
    spec.layer_kinds = {.window = {"sliding_window"}, .window_fallback = 4096};
    return spec;
}

}  // namespace fovea
