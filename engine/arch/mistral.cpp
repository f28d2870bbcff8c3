#include "engine/arch/parts.h"

namespace fovea {

ArchSpec mistral_architecture() {
    ArchSpec spec = llama_like("mistral", "Mistral (Jiang et al. 2023)");
    spec.class_names = {"Mistral"};
    spec.sizes = llama_sizes(always<131072>);
    set_fallback(spec.sizes, &ModelConfig::key_heads, always<8>);
    spec.layer_kinds = {.window = {"sliding_window"}, .window_fallback = 4096};
    return spec;
}

}  // namespace fovea
