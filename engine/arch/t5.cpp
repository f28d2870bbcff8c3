#include "engine/arch/parts.h"

namespace fovea {
namespace {

/// Names begin with "encoder." or "decoder."; the feed-forward is the last of a block's sublayers,
/// which are two in the encoder and three in the decoder.
ArchSpec t5_stack(bool decoder, std::vector<std::string_view> model_types, std::string_view label) {
    using enum Extent;
    using enum Presence;
    std::vector<TensorSpec> tensors = {
        {Role::token_embedding, "embed_tokens.weight", {vocabulary, width}},
        {Role::relative_bias,
         "block.0.layer.0.SelfAttention.relative_attention_bias.weight",
         {relative_buckets, heads}},
        {Role::attention_norm_gain, "block.{}.layer.0.layer_norm.weight", {width}},
        {Role::query_weight, "block.{}.layer.0.SelfAttention.q.weight", {query_width, width}},
        {Role::key_weight, "block.{}.layer.0.SelfAttention.k.weight", {key_width, width}},
        {Role::value_weight, "block.{}.layer.0.SelfAttention.v.weight", {key_width, width}},
        {Role::output_weight, "block.{}.layer.0.SelfAttention.o.weight", {width, query_width}},
        {Role::final_norm_gain, "final_layer_norm.weight", {width}},
    };
    if (decoder) {
        tensors.insert(
            tensors.end(),
            {{Role::cross_norm_gain, "block.{}.layer.1.layer_norm.weight", {width}},
             {Role::cross_query_weight,
              "block.{}.layer.1.EncDecAttention.q.weight",
              {query_width, width}},
             {Role::cross_key_weight,
              "block.{}.layer.1.EncDecAttention.k.weight",
              {key_width, width}},
             {Role::cross_value_weight,
              "block.{}.layer.1.EncDecAttention.v.weight",
              {key_width, width}},
             {Role::cross_output_weight,
              "block.{}.layer.1.EncDecAttention.o.weight",
              {width, query_width}},
             {Role::head_weight, "lm_head.weight", {vocabulary, width}, optional},
             {Role::feed_forward_norm_gain, "block.{}.layer.2.layer_norm.weight", {width}},
             {Role::up_weight,
              "block.{}.layer.2.DenseReluDense.wi.weight",
              {feed_forward, width},
              when_not_gated},
             {Role::gate_weight,
              "block.{}.layer.2.DenseReluDense.wi_0.weight",
              {feed_forward, width},
              when_gated},
             {Role::up_weight,
              "block.{}.layer.2.DenseReluDense.wi_1.weight",
              {feed_forward, width},
              when_gated},
             {Role::down_weight,
              "block.{}.layer.2.DenseReluDense.wo.weight",
              {width, feed_forward}}});
    } else {
        tensors.insert(
            tensors.end(),
            {{Role::feed_forward_norm_gain, "block.{}.layer.1.layer_norm.weight", {width}},
             {Role::up_weight,
              "block.{}.layer.1.DenseReluDense.wi.weight",
              {feed_forward, width},
              when_not_gated},
             {Role::gate_weight,
              "block.{}.layer.1.DenseReluDense.wi_0.weight",
              {feed_forward, width},
              when_gated},
             {Role::up_weight,
              "block.{}.layer.1.DenseReluDense.wi_1.weight",
              {feed_forward, width},
              when_gated},
             {Role::down_weight,
              "block.{}.layer.1.DenseReluDense.wo.weight",
              {width, feed_forward}}});
    }
    std::vector<std::string_view> layers = {"num_hidden_layers", "num_layers"};
    if (decoder) layers = {"num_decoder_layers", "num_layers"};
    // An encoder alone is told of a decoder that is not there.
    std::vector<std::string_view> neutral_keys = {"is_decoder"};
    if (!decoder) neutral_keys.push_back("num_decoder_layers");
    return {
        .model_types = std::move(model_types),
        .label = label,
        .sizes =
            {{&ModelConfig::width, {"hidden_size", "d_model"}},
             {&ModelConfig::layers, layers},
             {&ModelConfig::heads, {"num_attention_heads", "num_heads"}},
             {&ModelConfig::head_dim, {"head_dim", "d_kv"}},
             {&ModelConfig::feed_forward, {"d_ff"}},
             {&ModelConfig::vocabulary, {"vocab_size"}},
             // Distances have no end: the length it was trained on.
             {&ModelConfig::context, {"n_positions"}, always<512>},
             {&ModelConfig::relative_buckets, {"relative_attention_num_buckets"}, always<32>},
             {&ModelConfig::relative_distance, {"relative_attention_max_distance"}, always<128>},
             {&ModelConfig::decoder_start, {"decoder_start_token_id", "pad_token_id"}, always<0>},
             {&ModelConfig::padding_id, {"pad_token_id"}, always<0>},
             {&ModelConfig::end_token, {"eos_token_id"}, always<1>}},
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_epsilon"}, 1e-6f},
                    {&ModelConfig::query_scalar, {}, 1.0f}},
        // Older files say it by whether the output is tied.
        .flags = {{&ModelConfig::scaled_output,
                   {"scale_decoder_outputs", "tie_word_embeddings"},
                   true}},
        .activation_keys = {"feed_forward_proj"},
        .default_activation = Activation::relu,
        .activation_tells_gate = true,
        .plain_activation_key = "dense_act_fn",
        .gate_key = "is_gated_act",
        .prefixes = {decoder ? "decoder." : "encoder.", ""},
        .tensors = std::move(tensors),
        .shared_embedding = "shared.weight",
        .embedding_names = {"shared.weight", "lm_head.weight", "encoder.embed_tokens.weight",
                            "decoder.embed_tokens.weight"},
        .norm = NormKind::rms,
        .position = PositionKind::relative_bias,
        .causal = decoder,
        .head = decoder ? HeadKind::next_token : HeadKind::none,
        .always_tied = true,
        .neutral_keys = std::move(neutral_keys),
        .neutral_tensors = {"*EncDecAttention.relative_attention_bias.weight"},
    };
}

}  // namespace

ArchSpec t5_like(std::vector<std::string_view> model_types, std::string_view label) {
    ArchSpec spec = t5_stack(true, model_types, label);
    spec.encoder = std::make_shared<const ArchSpec>(t5_stack(false, model_types, label));
    return spec;
}

ArchSpec t5_architecture() {
    ArchSpec spec = t5_like({"t5"}, "T5 (Raffel et al. 2020)");
    spec.class_names = {"T5"};
    return spec;
}

}  // namespace fovea
