#include "engine/arch/parts.h"

namespace fovea {

TensorSpecs joined(std::vector<TensorSpecs> lists) {
    TensorSpecs all;
    for (const TensorSpecs& list : lists)
        all.insert(all.end(), list.begin(), list.end());
    return all;
}

std::vector<IndexKey> plain_sizes() {
    return {{&ModelConfig::width, {"hidden_size"}},
            {&ModelConfig::layers, {"num_hidden_layers"}},
            {&ModelConfig::heads, {"num_attention_heads"}},
            {&ModelConfig::feed_forward, {"intermediate_size"}},
            {&ModelConfig::vocabulary, {"vocab_size"}},
            {&ModelConfig::context, {"max_position_embeddings"}}};
}

}  // namespace fovea
