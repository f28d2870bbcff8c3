#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/nn/activation.h"
#include "engine/nn/norm.h"

namespace fovea {

/// The sizes and numbers that a config.json gives, under the field's own names.
struct ModelConfig {
    Index width = 0;  ///< of the residual stream
    Index layers = 0;
    Index heads = 0;
    Index key_heads = 0;
    Index head_dim = 0;
    Index feed_forward = 0;
    Index vocabulary = 0;
    Index context = 0;  ///< longest sentence
    Index token_types = 0;
    float norm_epsilon = 1e-5f;
    float rope_theta = 10000;
    Activation activation = Activation::gelu;
    bool tied_output = true;  ///< the output matrix is the token embedding

    Index query_width() const { return heads * head_dim; }
    Index key_width() const { return key_heads * head_dim; }
};

/// A whole number in config.json. The first of `names` that is there (and not null) is taken.
struct IndexKey {
    Index ModelConfig::*field;
    std::vector<std::string_view> names;
    /// What an absent key means: a constant, or a function of what stood before it in the list.
    Index (*fallback)(const ModelConfig&) = nullptr;  ///< nullptr: it must be there
};

struct NumberKey {
    float ModelConfig::*field;
    std::vector<std::string_view>
        names;  ///< a dot steps into an object: "rope_parameters.rope_theta"
    std::optional<float> fallback;
};

/// A key whose value the engine only takes at one value: anything else would be run wrongly.
struct RequiredValue {
    std::string_view name;
    std::vector<std::string_view> accepted;  ///< as JSON text: "false", "\"absolute\""
};

/// What a tensor is for. Roles below `layer_first` occur once, the others once a layer.
enum class Role {
    token_embedding,
    position_embedding,
    type_embedding,
    embedding_norm_gain,
    embedding_norm_bias,
    final_norm_gain,
    final_norm_bias,
    head_transform_weight,
    head_transform_bias,
    head_norm_gain,
    head_norm_bias,
    head_weight,
    head_bias,
    // once a layer
    attention_norm_gain,
    attention_norm_bias,
    query_weight,
    query_bias,
    key_weight,
    key_bias,
    value_weight,
    value_bias,
    query_key_value_weight,  ///< fused: split into the three above when bound
    query_key_value_bias,
    output_weight,
    output_bias,
    feed_forward_norm_gain,
    feed_forward_norm_bias,
    up_weight,
    up_bias,
    gate_weight,
    gate_bias,
    down_weight,
    down_bias,
    count,
};
inline constexpr Role layer_first = Role::attention_norm_gain;
inline constexpr size_t role_count = static_cast<size_t>(Role::count);

/// An extent of a tensor in terms of the configuration.
enum class Extent {
    vocabulary,
    width,
    context,
    token_types,
    query_width,
    key_width,
    fused_width,  ///< query_width + 2 key_width
    feed_forward,
};
Index extent_of(Extent extent, const ModelConfig& config);

enum class Presence {
    required,
    optional,
    with_head,  ///< the language head's: all of them or none
};

/// One tensor of the checkpoint. "{}" in the name stands for the layer.
struct TensorSpec {
    Role role;
    std::string_view name;
    std::vector<Extent> shape;
    Presence presence = Presence::required;
    bool input_major = false;  ///< [inputs, outputs], GPT-2's Conv1D
};

enum class NormPlace {
    before,  ///< x + f(norm(x)); GPT-2, Llama
    after,   ///< norm(x + f(x)); BERT
};

enum class PositionKind { learned, rotary };

enum class HeadKind {
    next_token,   ///< predicts the token after each position
    masked_token  ///< fills masked positions
};

/// An architecture, as data: what the one forward pass needs to know, with neutral defaults.
struct ArchSpec {
    std::string_view model_type;  ///< config.json's
    std::string_view label;       ///< "BERT (Devlin et al. 2019)"
    std::vector<IndexKey> sizes;
    std::vector<NumberKey> numbers;
    std::vector<std::string_view> activation_keys;
    Activation default_activation = Activation::gelu;
    std::vector<RequiredValue> required_values;

    /// In front of the names in files found in the wild, tried in order; "" where there is none.
    std::vector<std::string_view> prefixes;
    /// Older spellings of a part of a name: {"LayerNorm.weight", "LayerNorm.gamma"}.
    std::vector<std::pair<std::string_view, std::string_view>> aliases;
    std::vector<TensorSpec> tensors;

    NormKind norm = NormKind::layer;
    NormPlace norm_place = NormPlace::before;
    PositionKind position = PositionKind::learned;
    bool causal = true;
    bool gated = false;  ///< down(activation(gate(x)) * up(x)) (Shazeer 2020)
    bool final_norm = true;
    HeadKind head = HeadKind::next_token;
    bool tied_by_default = true;  ///< where config.json does not say `tie_word_embeddings`
    Activation head_activation = Activation::identity;  ///< of the head's transform
};

/// Every architecture, in the order of list.h.
std::span<const ArchSpec> architectures();

/// By config.json's model_type; nullptr where there is none.
const ArchSpec* find_architecture(std::string_view model_type);

}  // namespace fovea
