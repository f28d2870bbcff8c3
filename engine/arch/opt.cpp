#include "engine/arch/parts.h"

namespace fovea {

ArchSpec opt_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"opt"},
        .class_names = {"OPT"},
        .label = "OPT (Zhang et al. 2022)",
        .sizes = {{&ModelConfig::width, {"hidden_size"}},
                  {&ModelConfig::embedding_width,
                   {"word_embed_proj_dim"},
                   [](const ModelConfig& config) { return config.width; }},
                  {&ModelConfig::layers, {"num_hidden_layers"}},
                  {&ModelConfig::heads, {"num_attention_heads"}},
                  {&ModelConfig::feed_forward, {"ffn_dim"}},
                  {&ModelConfig::vocabulary, {"vocab_size"}},
                  {&ModelConfig::context, {"max_position_embeddings"}, always<2048>},
                  {&ModelConfig::position_offset, {}, always<2>},
                  {&ModelConfig::positions,
                   {},
                   [](const ModelConfig& config) { return config.context + 2; }}},
        .flags = {{&ModelConfig::norm_before, {"do_layer_norm_before"}, true},
                  {.field = &ModelConfig::final_norm,
                   .names = {"_remove_final_layer_norm"},
                   .fallback = true,
                   .inverted = true}},
        .tensor_flags = {{"enable_bias",
                          true,
                          {Role::query_bias, Role::key_bias, Role::value_bias, Role::output_bias,
                           Role::up_bias, Role::down_bias}}},
        .activation_keys = {"activation_function"},
        .default_activation = Activation::relu,
        .required_values = {{"layer_norm_elementwise_affine", {"true"}}},
        .prefixes = {"model.decoder.", "decoder.", ""},
        .tensors = joined({
            {
                {Role::token_embedding, "embed_tokens.weight", {vocabulary, embedding_width}},
                {Role::position_embedding, "embed_positions.weight", {positions, width}},
                {Role::embedding_projection_weight,
                 "project_in.weight",
                 {width, embedding_width},
                 when_projected},
            },
            fairseq_layer_tensors(optional),
            {
                {Role::final_norm_gain, "final_layer_norm.weight", {width}, when_final_norm},
                {Role::final_norm_bias, "final_layer_norm.bias", {width}, when_final_norm},
                {Role::head_transform_weight,
                 "project_out.weight",
                 {embedding_width, width},
                 when_projected},
                {Role::head_weight, "lm_head.weight", {vocabulary, embedding_width}, optional},
            },
        }),
        .projected_before_positions = true,
    };
}

}  // namespace fovea
