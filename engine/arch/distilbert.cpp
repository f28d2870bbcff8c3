#include "engine/arch/arch_spec.h"

namespace fovea {

ArchSpec distilbert_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"distilbert"},
        .class_names = {"DistilBert"},
        .label = "DistilBERT (Sanh et al. 2019)",
        .sizes = {{&ModelConfig::width, {"hidden_size", "dim"}},
                  {&ModelConfig::layers, {"num_hidden_layers", "n_layers"}},
                  {&ModelConfig::heads, {"num_attention_heads", "n_heads"}},
                  {&ModelConfig::feed_forward, {"hidden_dim"}},
                  {&ModelConfig::vocabulary, {"vocab_size"}},
                  {&ModelConfig::context, {"max_position_embeddings"}, always<512>}},
        .numbers = {{&ModelConfig::norm_epsilon, {}, 1e-12f}},
        .flags = {{&ModelConfig::norm_before, {}, false}},
        .activation_keys = {"activation"},
        .prefixes = {"distilbert.", ""},
        .tensors =
            {
                {Role::token_embedding, "embeddings.word_embeddings.weight", {vocabulary, width}},
                {Role::position_embedding,
                 "embeddings.position_embeddings.weight",
                 {positions, width}},
                {Role::embedding_norm_gain, "embeddings.LayerNorm.weight", {width}},
                {Role::embedding_norm_bias, "embeddings.LayerNorm.bias", {width}},
                {Role::query_weight,
                 "transformer.layer.{}.attention.q_lin.weight",
                 {query_width, width}},
                {Role::query_bias, "transformer.layer.{}.attention.q_lin.bias", {query_width}},
                {Role::key_weight,
                 "transformer.layer.{}.attention.k_lin.weight",
                 {key_width, width}},
                {Role::key_bias, "transformer.layer.{}.attention.k_lin.bias", {key_width}},
                {Role::value_weight,
                 "transformer.layer.{}.attention.v_lin.weight",
                 {key_width, width}},
                {Role::value_bias, "transformer.layer.{}.attention.v_lin.bias", {key_width}},
                {Role::output_weight,
                 "transformer.layer.{}.attention.out_lin.weight",
                 {width, query_width}},
                {Role::output_bias, "transformer.layer.{}.attention.out_lin.bias", {width}},
                {Role::attention_norm_gain, "transformer.layer.{}.sa_layer_norm.weight", {width}},
                {Role::attention_norm_bias, "transformer.layer.{}.sa_layer_norm.bias", {width}},
                {Role::up_weight, "transformer.layer.{}.ffn.lin1.weight", {feed_forward, width}},
                {Role::up_bias, "transformer.layer.{}.ffn.lin1.bias", {feed_forward}},
                {Role::down_weight, "transformer.layer.{}.ffn.lin2.weight", {width, feed_forward}},
                {Role::down_bias, "transformer.layer.{}.ffn.lin2.bias", {width}},
                {Role::feed_forward_norm_gain,
                 "transformer.layer.{}.output_layer_norm.weight",
                 {width}},
                {Role::feed_forward_norm_bias,
                 "transformer.layer.{}.output_layer_norm.bias",
                 {width}},
                {Role::head_transform_weight, "vocab_transform.weight", {width, width}, with_head},
                {Role::head_transform_bias, "vocab_transform.bias", {width}, with_head},
                {Role::head_norm_gain, "vocab_layer_norm.weight", {width}, with_head},
                {Role::head_norm_bias, "vocab_layer_norm.bias", {width}, with_head},
                {Role::head_bias, "vocab_projector.bias", {vocabulary}, with_head},
                {Role::head_weight, "vocab_projector.weight", {vocabulary, width}, optional},
            },
        .causal = false,
        .head = HeadKind::masked_token,
        .head_activation_keys = {"activation"},
        .head_activation = Activation::gelu,
        .neutral_keys = {"sinusoidal_pos_embds", "tie_weights_"},
    };
}

}  // namespace fovea
