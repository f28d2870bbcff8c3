#include "engine/arch/arch_spec.h"

namespace fovea {

ArchSpec gpt_neo_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"gpt_neo"},
        .class_names = {"GPTNeo"},
        .label = "GPT-Neo (Black et al. 2021)",
        .sizes = {{&ModelConfig::width, {"hidden_size"}},
                  {&ModelConfig::layers, {"num_hidden_layers", "num_layers"}},
                  {&ModelConfig::heads, {"num_attention_heads", "num_heads"}},
                  {&ModelConfig::feed_forward,
                   {"intermediate_size"},
                   [](const ModelConfig& config) { return 4 * config.width; }},
                  {&ModelConfig::vocabulary, {"vocab_size"}},
                  {&ModelConfig::context, {"max_position_embeddings"}, always<2048>}},
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_epsilon"}, 1e-5f},
                    {&ModelConfig::query_scalar, {}, 1.0f}},
        .activation_keys = {"activation_function"},
        .default_activation = Activation::gelu_tanh,
        .layer_kinds = {.window = {"window_size"},
                        .window_fallback = 256,
                        .list = "attention_layers",
                        .blocks = "attention_types"},
        .prefixes = {"transformer.", ""},
        .tensors =
            {
                {Role::token_embedding, "wte.weight", {vocabulary, width}},
                {Role::position_embedding, "wpe.weight", {positions, width}},
                {Role::attention_norm_gain, "h.{}.ln_1.weight", {width}},
                {Role::attention_norm_bias, "h.{}.ln_1.bias", {width}},
                {Role::query_weight, "h.{}.attn.attention.q_proj.weight", {query_width, width}},
                {Role::key_weight, "h.{}.attn.attention.k_proj.weight", {key_width, width}},
                {Role::value_weight, "h.{}.attn.attention.v_proj.weight", {key_width, width}},
                {Role::output_weight, "h.{}.attn.attention.out_proj.weight", {width, query_width}},
                {Role::output_bias, "h.{}.attn.attention.out_proj.bias", {width}},
                {Role::feed_forward_norm_gain, "h.{}.ln_2.weight", {width}},
                {Role::feed_forward_norm_bias, "h.{}.ln_2.bias", {width}},
                {Role::up_weight, "h.{}.mlp.c_fc.weight", {feed_forward, width}},
                {Role::up_bias, "h.{}.mlp.c_fc.bias", {feed_forward}},
                {Role::down_weight, "h.{}.mlp.c_proj.weight", {width, feed_forward}},
                {Role::down_bias, "h.{}.mlp.c_proj.bias", {width}},
                {Role::final_norm_gain, "ln_f.weight", {width}},
                {Role::final_norm_bias, "ln_f.bias", {width}},
                {Role::head_weight, "lm_head.weight", {vocabulary, width}, optional},
            },
        .reads_is_causal = false,  // its layers hide what follows themselves
        .neutral_tensors = {"*.attn.attention.bias"},
    };
}

}  // namespace fovea
