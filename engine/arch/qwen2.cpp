#include "engine/arch/parts.h"

namespace fovea {

ArchSpec qwen2_architecture() {
    using enum Extent;
    return {
        .model_types = {"qwen2"},
        .label = "Qwen 2 (Yang et al. 2024)",
        .sizes = llama_sizes(),
        .numbers = {{&ModelConfig::norm_epsilon, {"rms_norm_eps"}, 1e-6f}},
        .flags = {{&ModelConfig::gated, {}, true}},
        .activation_keys = {"hidden_act"},
        .default_activation = Activation::silu,
        .layer_kinds = {.window = {"sliding_window"},
                        .first_sliding = "max_window_layers",
                        .enabled = "use_sliding_window"},
        .prefixes = {"model.", ""},
        .aliases = {},
        .tensors = joined({llama_embedding_tensors(),
                           llama_attention_tensors(),
                           llama_feed_forward_tensors(),
                           {}}),
        .norm = NormKind::rms,
        .position = PositionKind::rotary,
        .tied_by_default = false,
    };
}

}  // namespace fovea
