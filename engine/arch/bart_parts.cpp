#include "engine/arch/parts.h"

namespace fovea {
namespace {

std::vector<IndexKey> bart_sizes(bool decoder) {
    std::vector<IndexKey> sizes = {
        {&ModelConfig::width, {"hidden_size", "d_model"}},
        {&ModelConfig::vocabulary, {"vocab_size"}},
        {&ModelConfig::context, {"max_position_embeddings"}, always<1024>},
        {&ModelConfig::decoder_start, {"decoder_start_token_id"}, always<2>},
        {&ModelConfig::end_token, {"eos_token_id"}, always<2>, always<-1>},
        {&ModelConfig::padding_id, {"pad_token_id"}, always<1>, always<-1>}};
    if (decoder) {
        sizes.push_back({&ModelConfig::layers, {"decoder_layers"}});
        sizes.push_back({&ModelConfig::heads, {"decoder_attention_heads"}});
        sizes.push_back({&ModelConfig::feed_forward, {"decoder_ffn_dim"}});
    } else {
        sizes.push_back({&ModelConfig::layers, {"num_hidden_layers", "encoder_layers"}});
        sizes.push_back({&ModelConfig::heads, {"num_attention_heads", "encoder_attention_heads"}});
        sizes.push_back({&ModelConfig::feed_forward, {"encoder_ffn_dim"}});
    }
    return sizes;
}

TensorSpecs bart_tensors(bool decoder) {
    using enum Extent;
    TensorSpecs tensors =
        joined({{{Role::token_embedding, "embed_tokens.weight", {vocabulary, width}}},
                fairseq_layer_tensors(Presence::required)});
    if (!decoder) return tensors;
    return joined(
        {std::move(tensors),
         {{Role::cross_query_weight, "layers.{}.encoder_attn.q_proj.weight", {query_width, width}},
          {Role::cross_query_bias, "layers.{}.encoder_attn.q_proj.bias", {query_width}},
          {Role::cross_key_weight, "layers.{}.encoder_attn.k_proj.weight", {key_width, width}},
          {Role::cross_key_bias, "layers.{}.encoder_attn.k_proj.bias", {key_width}},
          {Role::cross_value_weight, "layers.{}.encoder_attn.v_proj.weight", {key_width, width}},
          {Role::cross_value_bias, "layers.{}.encoder_attn.v_proj.bias", {key_width}},
          {Role::cross_output_weight,
           "layers.{}.encoder_attn.out_proj.weight",
           {width, query_width}},
          {Role::cross_output_bias, "layers.{}.encoder_attn.out_proj.bias", {width}},
          {Role::cross_norm_gain, "layers.{}.encoder_attn_layer_norm.weight", {width}},
          {Role::cross_norm_bias, "layers.{}.encoder_attn_layer_norm.bias", {width}},
          {Role::head_weight, "lm_head.weight", {vocabulary, width}, Presence::optional},
          {Role::head_bias, "final_logits_bias", {one, vocabulary}, Presence::optional}}});
}

}  // namespace

TensorSpecs fairseq_layer_tensors(Presence biases) {
    using enum Extent;
    return joined(
        {projection_tensors(biases),
         {{Role::output_weight, "layers.{}.self_attn.out_proj.weight", {width, query_width}},
          {Role::output_bias, "layers.{}.self_attn.out_proj.bias", {width}, biases},
          {Role::attention_norm_gain, "layers.{}.self_attn_layer_norm.weight", {width}},
          {Role::attention_norm_bias, "layers.{}.self_attn_layer_norm.bias", {width}},
          {Role::up_weight, "layers.{}.fc1.weight", {feed_forward, width}},
          {Role::up_bias, "layers.{}.fc1.bias", {feed_forward}, biases},
          {Role::down_weight, "layers.{}.fc2.weight", {width, feed_forward}},
          {Role::down_bias, "layers.{}.fc2.bias", {width}, biases},
          {Role::feed_forward_norm_gain, "layers.{}.final_layer_norm.weight", {width}},
          {Role::feed_forward_norm_bias, "layers.{}.final_layer_norm.bias", {width}}}});
}

ArchSpec bart_like(bool decoder) {
    return {
        .sizes = bart_sizes(decoder),
        .flags = {{&ModelConfig::norm_before, {}, false},
                  {&ModelConfig::scaled_embedding, {"scale_embedding"}, false}},
        .activation_keys = {"activation_function"},
        .required_values = {{"normalize_before", {"false"}}, {"add_final_layer_norm", {"false"}}},
        .prefixes = {decoder ? "model.decoder." : "model.encoder.",
                     decoder ? "decoder." : "encoder.", "model.", ""},
        .tensors = bart_tensors(decoder),
        .shared_embedding = "shared.weight",
        .embedding_names = {"shared.weight", "decoder.embed_tokens.weight",
                            "encoder.embed_tokens.weight", "lm_head.weight"},
        .causal = decoder,
        .head = decoder ? HeadKind::next_token : HeadKind::none,
        .neutral_keys = {"add_bias_logits", "do_blenderbot_90_layernorm", "extra_pos_embeddings",
                         "force_bos_token_to_be_generated", "is_decoder"},
    };
}

}  // namespace fovea
