#include "engine/arch/parts.h"

namespace fovea {

ArchSpec gpt_neox_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"gpt_neox"},
        .class_names = {"GPTNeoX"},
        .label = "GPT-NeoX (Black et al. 2022)",
        .sizes = plain_sizes(always<2048>),
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_eps"}, 1e-5f}},
        .flags = {{&ModelConfig::parallel_block, {"use_parallel_residual"}, true}},
        .tensor_flags = {attention_bias_flag("attention_bias", true)},
        .activation_keys = {"hidden_act"},
        .rotary = {.theta = {"rotary_emb_base"},
                   .share = {"rotary_pct"},
                   .share_fallback = 0.25f,
                   .odd_share_rounds_up = true},
        .prefixes = {"gpt_neox.", ""},
        .tensors =
            {
                {Role::token_embedding, "embed_in.weight", {vocabulary, width}},
                {Role::attention_norm_gain, "layers.{}.input_layernorm.weight", {width}},
                {Role::attention_norm_bias, "layers.{}.input_layernorm.bias", {width}},
                {Role::query_key_value_weight,
                 "layers.{}.attention.query_key_value.weight",
                 {fused_width, width}},
                {Role::query_key_value_bias,
                 "layers.{}.attention.query_key_value.bias",
                 {fused_width},
                 optional},
                {Role::output_weight, "layers.{}.attention.dense.weight", {width, query_width}},
                {Role::output_bias, "layers.{}.attention.dense.bias", {width}, optional},
                {Role::feed_forward_norm_gain,
                 "layers.{}.post_attention_layernorm.weight",
                 {width}},
                {Role::feed_forward_norm_bias, "layers.{}.post_attention_layernorm.bias", {width}},
                {Role::up_weight, "layers.{}.mlp.dense_h_to_4h.weight", {feed_forward, width}},
                {Role::up_bias, "layers.{}.mlp.dense_h_to_4h.bias", {feed_forward}},
                {Role::down_weight, "layers.{}.mlp.dense_4h_to_h.weight", {width, feed_forward}},
                {Role::down_bias, "layers.{}.mlp.dense_4h_to_h.bias", {width}},
                {Role::final_norm_gain, "final_layer_norm.weight", {width}},
                {Role::final_norm_bias, "final_layer_norm.bias", {width}},
                {Role::head_weight, "embed_out.weight", {vocabulary, width}, optional},
            },
        .position = PositionKind::rotary,
        .fused = FusedLayout::heads,
        .tied_by_default = false,
        .neutral_keys = {"is_decoder"},
        .neutral_tensors = {"*.attention.bias"},
    };
}

}  // namespace fovea
