#include "engine/arch/parts.h"

namespace fovea {

ArchSpec mistral_architecture() {
    using enum Extent;
    return {
        .model_types = {"mistral"},
        .label = "Mistral (Jiang et al. 2023)",
        .sizes = llama_sizes(),
        .numbers = {{&ModelConfig::norm_epsilon, {"rms_norm_eps"}, 1e-6f}},
        .flags = {{&ModelConfig::gated, {}, true}},
        .activation_keys = {"hidden_act"},
        .default_activation = Activation::silu,
        .layer_kinds = {.window = {"sliding_window"}},
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
