#include "engine/arch/arch_spec.h"

namespace fovea {

ArchSpec bloom_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"bloom"},
        .class_names = {"Bloom"},
        .label = "BLOOM (BigScience 2022)",
        .sizes = {{&ModelConfig::width, {"n_embed", "hidden_size"}},
                  {&ModelConfig::layers, {"num_hidden_layers", "n_layer"}},
                  {&ModelConfig::heads, {"num_attention_heads", "n_head"}},
                  {&ModelConfig::feed_forward,
                   {},
                   [](const ModelConfig& config) { return 4 * config.width; }},
                  {&ModelConfig::vocabulary, {"vocab_size"}},
                  // ALiBi has no table of positions: the length it was trained on.
                  {&ModelConfig::context, {"seq_length"}, always<2048>}},
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_epsilon"}, 1e-5f}},
        .default_activation = Activation::gelu_tanh,
        .required_values = {{"apply_residual_connection_post_layernorm", {"false"}}},
        .prefixes = {"transformer.", ""},
        .tensors =
            {
                {Role::token_embedding, "word_embeddings.weight", {vocabulary, width}},
                {Role::embedding_norm_gain, "word_embeddings_layernorm.weight", {width}},
                {Role::embedding_norm_bias, "word_embeddings_layernorm.bias", {width}},
                {Role::attention_norm_gain, "h.{}.input_layernorm.weight", {width}},
                {Role::attention_norm_bias, "h.{}.input_layernorm.bias", {width}},
                {Role::query_key_value_weight,
                 "h.{}.self_attention.query_key_value.weight",
                 {fused_width, width}},
                {Role::query_key_value_bias,
                 "h.{}.self_attention.query_key_value.bias",
                 {fused_width}},
                {Role::output_weight, "h.{}.self_attention.dense.weight", {width, query_width}},
                {Role::output_bias, "h.{}.self_attention.dense.bias", {width}},
                {Role::feed_forward_norm_gain, "h.{}.post_attention_layernorm.weight", {width}},
                {Role::feed_forward_norm_bias, "h.{}.post_attention_layernorm.bias", {width}},
                {Role::up_weight, "h.{}.mlp.dense_h_to_4h.weight", {feed_forward, width}},
                {Role::up_bias, "h.{}.mlp.dense_h_to_4h.bias", {feed_forward}},
                {Role::down_weight, "h.{}.mlp.dense_4h_to_h.weight", {width, feed_forward}},
                {Role::down_bias, "h.{}.mlp.dense_4h_to_h.bias", {width}},
                {Role::final_norm_gain, "ln_f.weight", {width}},
                {Role::final_norm_bias, "ln_f.bias", {width}},
                {Role::head_weight, "lm_head.weight", {vocabulary, width}, optional},
            },
        .position = PositionKind::alibi,
        .fused = FusedLayout::heads,
        .neutral_keys = {"attention_softmax_in_fp32", "bias_dropout_fusion",
                         "masked_softmax_fusion", "n_inner", "offset_alibi", "skip_bias_add*",
                         "slow_but_exact"},
    };
}

}  // namespace fovea
