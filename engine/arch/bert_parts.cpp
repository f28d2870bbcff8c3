#include "engine/arch/parts.h"

namespace fovea {

std::vector<IndexKey> bert_sizes() {
    std::vector<IndexKey> sizes = plain_sizes(always<512>);
    sizes.push_back({&ModelConfig::token_types, {"type_vocab_size"}, always<2>});
    return sizes;
}

TensorSpecs bert_embedding_tensors() {
    using enum Extent;
    return {
        {Role::token_embedding, "embeddings.word_embeddings.weight", {vocabulary, embedding_width}},
        {Role::position_embedding,
         "embeddings.position_embeddings.weight",
         {positions, embedding_width},
         Presence::when_absolute},
        {Role::type_embedding,
         "embeddings.token_type_embeddings.weight",
         {token_types, embedding_width}},
        {Role::embedding_norm_gain, "embeddings.LayerNorm.weight", {embedding_width}},
        {Role::embedding_norm_bias, "embeddings.LayerNorm.bias", {embedding_width}},
    };
}

TensorSpecs bert_layer_tensors() {
    using enum Extent;
    return {
        {Role::query_weight, "encoder.layer.{}.attention.self.query.weight", {query_width, width}},
        {Role::query_bias, "encoder.layer.{}.attention.self.query.bias", {query_width}},
        {Role::key_weight, "encoder.layer.{}.attention.self.key.weight", {key_width, width}},
        {Role::key_bias, "encoder.layer.{}.attention.self.key.bias", {key_width}},
        {Role::value_weight, "encoder.layer.{}.attention.self.value.weight", {key_width, width}},
        {Role::value_bias, "encoder.layer.{}.attention.self.value.bias", {key_width}},
        {Role::distance_embedding,
         "encoder.layer.{}.attention.self.distance_embedding.weight",
         {distances, head_dim},
         Presence::when_relative},
        {Role::output_weight,
         "encoder.layer.{}.attention.output.dense.weight",
         {width, query_width}},
        {Role::output_bias, "encoder.layer.{}.attention.output.dense.bias", {width}},
        {Role::attention_norm_gain, "encoder.layer.{}.attention.output.LayerNorm.weight", {width}},
        {Role::attention_norm_bias, "encoder.layer.{}.attention.output.LayerNorm.bias", {width}},
        {Role::up_weight, "encoder.layer.{}.intermediate.dense.weight", {feed_forward, width}},
        {Role::up_bias, "encoder.layer.{}.intermediate.dense.bias", {feed_forward}},
        {Role::down_weight, "encoder.layer.{}.output.dense.weight", {width, feed_forward}},
        {Role::down_bias, "encoder.layer.{}.output.dense.bias", {width}},
        {Role::feed_forward_norm_gain, "encoder.layer.{}.output.LayerNorm.weight", {width}},
        {Role::feed_forward_norm_bias, "encoder.layer.{}.output.LayerNorm.bias", {width}},
    };
}

std::vector<std::pair<std::string_view, std::string_view>> bert_aliases() {
    return {{"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}};
}

std::vector<RequiredValue> bert_required_values() {
    return {{"add_cross_attention", {"false"}}};
}

}  // namespace fovea
