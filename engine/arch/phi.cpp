#include "engine/arch/parts.h"

namespace fovea {

ArchSpec phi_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"phi"},
        .class_names = {"Phi"},
        .label = "Phi (Gunasekar et al. 2023)",
        .sizes = llama_sizes(),
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_eps"}, 1e-5f}},
        .flags = {{&ModelConfig::parallel_block, {}, true}},
        .activation_keys = {"hidden_act"},
        .default_activation = Activation::gelu_tanh,
        .rotary = {.share = {"partial_rotary_factor"}, .share_fallback = 0.5f},
        .required_values = {{"qk_layernorm", {"false"}}},
        .prefixes = {"model.", ""},
        .tensors = joined({
            projection_tensors(required),
            {
                {Role::token_embedding, "embed_tokens.weight", {vocabulary, width}},
                {Role::attention_norm_gain, "layers.{}.input_layernorm.weight", {width}},
                {Role::attention_norm_bias, "layers.{}.input_layernorm.bias", {width}},
                {Role::output_weight, "layers.{}.self_attn.dense.weight", {width, query_width}},
                {Role::output_bias, "layers.{}.self_attn.dense.bias", {width}},
                {Role::up_weight, "layers.{}.mlp.fc1.weight", {feed_forward, width}},
                {Role::up_bias, "layers.{}.mlp.fc1.bias", {feed_forward}},
                {Role::down_weight, "layers.{}.mlp.fc2.weight", {width, feed_forward}},
                {Role::down_bias, "layers.{}.mlp.fc2.bias", {width}},
                {Role::final_norm_gain, "final_layernorm.weight", {width}},
                {Role::final_norm_bias, "final_layernorm.bias", {width}},
                {Role::head_weight, "lm_head.weight", {vocabulary, width}, optional},
                {Role::head_bias, "lm_head.bias", {vocabulary}, optional},
            },
        }),
        .position = PositionKind::rotary,
        .tied_by_default = false,
    };
}

}  // namespace fovea
