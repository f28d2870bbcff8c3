#include "engine/arch/parts.h"

namespace fovea {

ArchSpec gemma3_text_architecture() {
    using enum Extent;
    // Files that leave it out mean 256, whatever the width.
    std::vector<IndexKey> sizes = llama_sizes(always<131072>);
    set_fallback(sizes, &ModelConfig::head_dim, always<256>);
    set_fallback(sizes, &ModelConfig::key_heads, always<4>);
    return {
        .model_types = {"gemma3_text"},
        .class_names = {"Gemma3ForCausal", "Gemma3Text"},
        .label = "Gemma 3 (Gemma Team 2025)",
        .sizes = std::move(sizes),
        // Files other than Hugging Face's may hold the whole gain; their reader says so.
        .numbers = {{&ModelConfig::norm_epsilon, {"rms_norm_eps"}, 1e-6f},
                    {&ModelConfig::query_scalar, {"query_pre_attn_scalar"}, 256.0f},
                    {&ModelConfig::norm_gain_offset, {"fovea_gain_offset"}, 1.0f, true}},
        .flags = {{&ModelConfig::gated, {}, true}, {&ModelConfig::scaled_embedding, {}, true}},
        .tensor_flags = {attention_bias_flag("attention_bias"), gated_bias_flag({})},
        .activation_keys = {"hidden_activation"},
        .default_activation = Activation::gelu_tanh,
        .layer_kinds = {.window = {"sliding_window"},
                        .window_fallback = 4096,
                        .list = "layer_types",
                        .period = "sliding_window_pattern",
                        .period_fallback = 6},
        .rotary = {.theta_fallback = 1e6f,
                   .local_theta = {"rope_local_base_freq"},
                   .local_theta_fallback = 10000.0f},
        .required_values = {{"use_bidirectional_attention", {"false"}},
                            {"attn_logit_softcapping", {"null"}},
                            {"final_logit_softcapping", {"null"}}},
        .prefixes = {"model.", "", "language_model.model.", "model.language_model."},
        .tensors =
            joined({llama_embedding_tensors(),
                    llama_attention_tensors(),
                    llama_gated_tensors(),
                    {
                        {Role::query_norm_gain, "layers.{}.self_attn.q_norm.weight", {head_dim}},
                        {Role::key_norm_gain, "layers.{}.self_attn.k_norm.weight", {head_dim}},
                        {Role::attention_output_norm_gain,
                         "layers.{}.post_attention_layernorm.weight",
                         {width}},
                        {Role::feed_forward_norm_gain,
                         "layers.{}.pre_feedforward_layernorm.weight",
                         {width}},
                        {Role::feed_forward_output_norm_gain,
                         "layers.{}.post_feedforward_layernorm.weight",
                         {width}},
                    }}),
        .norm = NormKind::rms,
        .position = PositionKind::rotary,
        .neutral_keys = {"mlp_bias"},
    };
}

}  // namespace fovea
