#include "engine/arch/parts.h"

namespace fovea {

ArchSpec llama_architecture() {
    ArchSpec spec = llama_like("llama", "Llama (Touvron et al. 2023)");
    spec.class_names = {"Llama"};
    spec.tensor_flags = {attention_bias_flag("attention_bias"), gated_bias_flag("mlp_bias")};
    return spec;
}

}  // namespace fovea
