#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen3_architecture() {
    using enum Extent;
    // Files that leave it out mean 128, whatever the width.
    std::vector<IndexKey> sizes = llama_sizes();
    for (IndexKey& key : sizes)
        if (key.field == &ModelConfig::head_dim)
            key.fallback = [](const ModelConfig&) { return Index{128}; };
    return {
        .model_types = {"qwen3"},
        .label = "Qwen 3 (Yang et al. 2025)",
        .sizes = std::move(sizes),
        .numbers = {{&ModelConfig::norm_epsilon, {"rms_norm_eps"}, 1e-6f}},
        .flags = {{&ModelConfig::gated, {}, true}},
        .activation_keys = {"hidden_act"},
        .default_activation = Activation::silu,
        .layer_kinds = {.window = {"sliding_window"},
                        .first_sliding = "max_window_layers",
                        .enabled = "use_sliding_window"},
        .prefixes = {"model.", ""},
        .aliases = {},
        .tensors =
            joined({llama_embedding_tensors(),
                    llama_attention_tensors(),
                    llama_feed_forward_tensors(),
                    {
                        {Role::query_norm_gain, "layers.{}.self_attn.q_norm.weight", {head_dim}},
                        {Role::key_norm_gain, "layers.{}.self_attn.k_norm.weight", {head_dim}},
                    }}),
        .norm = NormKind::rms,
        .position = PositionKind::rotary,
        .tied_by_default = false,
    };
}

}  // namespace fovea
