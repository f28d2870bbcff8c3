#include "engine/arch/parts.h"

namespace fovea {

TensorSpecs joined(std::vector<TensorSpecs> lists) {
    TensorSpecs all;
    for (const TensorSpecs& list : lists)
        all.insert(all.end(), list.begin(), list.end());
    return all;
}

std::vector<IndexKey> plain_sizes(Index (*context)(const ModelConfig&)) {
    return {{&ModelConfig::width, {"hidden_size"}},
            {&ModelConfig::layers, {"num_hidden_layers"}},
            {&ModelConfig::heads, {"num_attention_heads"}},
            {&ModelConfig::feed_forward, {"intermediate_size"}},
            {&ModelConfig::vocabulary, {"vocab_size"}},
            {&ModelConfig::context, {"max_position_embeddings"}, context}};
}

TensorSpecs projection_tensors(Presence biases) {
    using enum Extent;
    return {{Role::query_weight, "layers.{}.self_attn.q_proj.weight", {query_width, width}},
            {Role::query_bias, "layers.{}.self_attn.q_proj.bias", {query_width}, biases},
            {Role::key_weight, "layers.{}.self_attn.k_proj.weight", {key_width, width}},
            {Role::key_bias, "layers.{}.self_attn.k_proj.bias", {key_width}, biases},
            {Role::value_weight, "layers.{}.self_attn.v_proj.weight", {key_width, width}},
            {Role::value_bias, "layers.{}.self_attn.v_proj.bias", {key_width}, biases}};
}

}  // namespace fovea
