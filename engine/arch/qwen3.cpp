#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen3_architecture() {
    using enum Extent;
    ArchSpec spec = llama_like("qwen3", "Qwen 3 (Yang et al. 2025)");
    // Files that leave it out mean 128, whatever the width.
    for (IndexKey& key : spec.sizes)
        if (key.field == &ModelConfig::head_dim)
            key.fallback = [](const ModelConfig&) { return Index{128}; };
    spec.layer_kinds = {.window = {"sliding_window"},
                        .first_sliding = "max_window_layers",
                        .enabled = "use_sliding_window"};
    spec.tensors =
        joined({std::move(spec.tensors),
                {{Role::query_norm_gain, "layers.{}.self_attn.q_norm.weight", {head_dim}},
                 {Role::key_norm_gain, "layers.{}.self_attn.k_norm.weight", {head_dim}}}});
    return spec;
}

}  // namespace fovea
