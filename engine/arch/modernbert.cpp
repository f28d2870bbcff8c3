#include "engine/arch/parts.h"

namespace fovea {

ArchSpec modernbert_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"modernbert"},
        .class_names = {"ModernBert"},
        .label = "ModernBERT (Warner et al. 2024)",
        .sizes = plain_sizes(always<8192>),
        .numbers = {{&ModelConfig::norm_epsilon, {"norm_eps"}, 1e-5f}},
        .flags = {{&ModelConfig::gated, {}, true}},
        .tensor_flags = {attention_bias_flag("attention_bias"),
                         {"mlp_bias", false, {Role::gate_up_bias, Role::down_bias}},
                         {"norm_bias",
                          false,
                          {Role::embedding_norm_bias, Role::attention_norm_bias,
                           Role::feed_forward_norm_bias, Role::final_norm_bias,
                           Role::head_norm_bias}},
                         {"classifier_bias", false, {Role::head_transform_bias}},
                         {"decoder_bias", true, {Role::head_bias}}},
        .activation_keys = {"hidden_activation"},
        .layer_kinds = {.window = {"local_attention"},
                        .window_fallback = 128,
                        .window_is_both_sides = true,
                        .list = "layer_types",
                        .period = "global_attn_every_n_layers",
                        .period_fallback = 3,
                        .full_first = true},
        .rotary = {.theta = {"global_rope_theta"},
                   .theta_fallback = 160000,
                   .local_theta = {"local_rope_theta"},
                   .local_theta_fallback = 10000.0f,
                   .flat_stretches_local = true},
        .prefixes = {"model.", ""},
        .tensors =
            {
                {Role::token_embedding, "embeddings.tok_embeddings.weight", {vocabulary, width}},
                {Role::embedding_norm_gain, "embeddings.norm.weight", {width}},
                {Role::embedding_norm_bias, "embeddings.norm.bias", {width}, optional},
                {Role::attention_norm_gain, "layers.{}.attn_norm.weight", {width}, not_first_layer},
                {Role::attention_norm_bias, "layers.{}.attn_norm.bias", {width}, optional},
                {Role::query_key_value_weight, "layers.{}.attn.Wqkv.weight", {fused_width, width}},
                {Role::query_key_value_bias, "layers.{}.attn.Wqkv.bias", {fused_width}, optional},
                {Role::output_weight, "layers.{}.attn.Wo.weight", {width, query_width}},
                {Role::output_bias, "layers.{}.attn.Wo.bias", {width}, optional},
                {Role::feed_forward_norm_gain, "layers.{}.mlp_norm.weight", {width}},
                {Role::feed_forward_norm_bias, "layers.{}.mlp_norm.bias", {width}, optional},
                {Role::gate_up_weight, "layers.{}.mlp.Wi.weight", {twice_feed_forward, width}},
                {Role::gate_up_bias, "layers.{}.mlp.Wi.bias", {twice_feed_forward}, optional},
                {Role::down_weight, "layers.{}.mlp.Wo.weight", {width, feed_forward}},
                {Role::down_bias, "layers.{}.mlp.Wo.bias", {width}, optional},
                {Role::final_norm_gain, "final_norm.weight", {width}},
                {Role::final_norm_bias, "final_norm.bias", {width}, optional},
                {Role::head_transform_weight, "head.dense.weight", {width, width}, with_head},
                {Role::head_transform_bias, "head.dense.bias", {width}, optional},
                {Role::head_norm_gain, "head.norm.weight", {width}, with_head},
                {Role::head_norm_bias, "head.norm.bias", {width}, optional},
                {Role::head_bias, "decoder.bias", {vocabulary}, optional},
                {Role::head_weight, "decoder.weight", {vocabulary, width}, optional},
            },
        .position = PositionKind::rotary,
        .causal = false,
        .head = HeadKind::masked_token,
        .head_activation_keys = {"classifier_activation"},
        .head_activation = Activation::gelu,
        .neutral_keys = {"deterministic_flash_attn", "layer_norm_eps", "position_embedding_type",
                         "repad_logits_with_grad", "sparse_*"},
    };
}

}  // namespace fovea
