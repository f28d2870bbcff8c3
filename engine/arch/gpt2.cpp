#include "engine/arch/arch_spec.h"

namespace fovea {

ArchSpec gpt2_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"gpt2"},
        .class_names = {"GPT2"},
        .label = "GPT-2 (Radford et al. 2019)",
        .sizes = {{&ModelConfig::width, {"hidden_size", "n_embd"}},
                  {&ModelConfig::layers, {"num_hidden_layers", "n_layer"}},
                  {&ModelConfig::heads, {"num_attention_heads", "n_head"}},
                  {&ModelConfig::feed_forward,
                   {"n_inner"},
                   [](const ModelConfig& config) { return 4 * config.width; }},
                  {&ModelConfig::vocabulary, {"vocab_size"}},
                  {&ModelConfig::context,
                   {"max_position_embeddings", "n_positions", "n_ctx"},
                   always<1024>}},
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_epsilon"}, 1e-5f}},
        .flags = {{&ModelConfig::scaled_attention, {"scale_attn_weights"}, true},
                  {&ModelConfig::scaled_by_layer, {"scale_attn_by_inverse_layer_idx"}, false}},
        .activation_keys = {"activation_function"},
        .default_activation = Activation::gelu_tanh,
        .required_values = {{"add_cross_attention", {"false"}}},
        .prefixes = {"transformer.", ""},
        .tensors =
            {
                {Role::token_embedding, "wte.weight", {vocabulary, width}},
                {Role::position_embedding, "wpe.weight", {positions, width}},
                {Role::attention_norm_gain, "h.{}.ln_1.weight", {width}},
                {Role::attention_norm_bias, "h.{}.ln_1.bias", {width}},
                {Role::query_key_value_weight,
                 "h.{}.attn.c_attn.weight",
                 {width, fused_width},
                 required,
                 true},
                {Role::query_key_value_bias, "h.{}.attn.c_attn.bias", {fused_width}},
                {Role::output_weight,
                 "h.{}.attn.c_proj.weight",
                 {query_width, width},
                 required,
                 true},
                {Role::output_bias, "h.{}.attn.c_proj.bias", {width}},
                {Role::feed_forward_norm_gain, "h.{}.ln_2.weight", {width}},
                {Role::feed_forward_norm_bias, "h.{}.ln_2.bias", {width}},
                {Role::up_weight, "h.{}.mlp.c_fc.weight", {width, feed_forward}, required, true},
                {Role::up_bias, "h.{}.mlp.c_fc.bias", {feed_forward}},
                {Role::down_weight,
                 "h.{}.mlp.c_proj.weight",
                 {feed_forward, width},
                 required,
                 true},
                {Role::down_bias, "h.{}.mlp.c_proj.bias", {width}},
                {Role::final_norm_gain, "ln_f.weight", {width}},
                {Role::final_norm_bias, "ln_f.bias", {width}},
                {Role::head_weight, "lm_head.weight", {vocabulary, width}, optional},
            },
        .neutral_keys = {"predict_special_tokens", "reorder_and_upcast_attn"},
        .neutral_tensors = {"*.attn.bias"},
    };
}

}  // namespace fovea
