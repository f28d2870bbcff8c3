#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen2_architecture() {
    ArchSpec spec = llama_like("qwen2", "Qwen 2 (Yang et al. 2024)");
    spec.class_names = {"Qwen2"};
    spec.sizes = llama_sizes(always<32768>);
    set_fallback(spec.sizes, &ModelConfig::key_heads, always<32>);
    spec.layer_kinds = qwen_layer_kinds();
    return spec;
}

}  // namespace fovea
