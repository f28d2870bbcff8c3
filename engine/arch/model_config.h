#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/nn/activation.h"
#include "engine/nn/rotary.h"

namespace fovea {

/// How far the attention of a layer reaches.
enum class LayerKind { full, sliding };
inline constexpr size_t layer_kind_count = 2;

enum class HeadKind {
    none,
    next_token,   ///< predicts the token after each position
    masked_token  ///< fills masked positions
};

/// Whether the attention logits know distances by learned vectors (Shaw et al. 2018; Huang et al.
/// 2020).
enum class RelativeKeys {
    none,
    of_queries,           ///< scale q.(k + e(distance)), "relative_key"
    of_queries_and_keys,  ///< scale (q.(k + e(distance)) + k.e(distance)), "relative_key_query"
};

/// The sizes and numbers that a config.json gives for one stack of layers, under the field's own
/// names.
struct ModelConfig {
    Index width = 0;  ///< of the residual stream
    Index layers = 0;
    Index heads = 0;
    Index key_heads = 0;
    Index head_dim = 0;
    Index feed_forward = 0;
    Index vocabulary = 0;
    Index embedding_width = 0;  ///< of the token embedding; projected where it is not `width`
    Index context = 0;          ///< longest sentence
    Index positions = 0;        ///< rows of the position embedding
    Index position_offset = 0;  ///< its row of the first token
    Index padding_id = -1;      ///< the token that fills up a batch
    Index token_types = 0;
    Index decoder_start = -1;  ///< the token that a decoder begins with
    Index end_token = -1;      ///< the token after which it has nothing to say

    float norm_epsilon = 1e-5f;
    /// The attention logits are q.k divided by the square root of this; 0: of head_dim.
    float query_scalar = 0;
    float norm_gain_offset = 0;  ///< Gemma's files hold gain - 1
    Activation activation = Activation::gelu;

    bool tied_output = true;        ///< the output matrix is the token embedding
    bool gated = false;             ///< down(activation(gate(x)) * up(x)) (Shazeer 2020)
    bool norm_before = true;        ///< x + f(norm(x)), else norm(x + f(x))
    bool parallel_block = false;    ///< x + attention(norm(x)) + mlp(norm(x)) (Wang 2021)
    bool scaled_embedding = false;  ///< token embeddings times √width
    bool skips_padding = false;     ///< padding takes no position (RoBERTa)
    bool scaled_output = false;     ///< the state is divided by √width before the output matrix
    bool causal = true;             ///< a token sees none behind itself
    bool scaled_attention = true;   ///< false: the attention logits are q.k
    bool scaled_by_layer = false;   ///< they are divided by the layer's number, from 1, as well
    bool final_norm = true;         ///< behind the last layer, where norms come before
    RelativeKeys relative_keys = RelativeKeys::none;
    std::bitset<128> left_out;  ///< by Role: tensors that are not the model's

    HeadKind head = HeadKind::next_token;
    Activation head_activation = Activation::identity;  ///< of the head's transform

    Index window = 0;                    ///< of the sliding layers: |query - key| < window
    std::vector<LayerKind> layer_kinds;  // [layers]
    std::array<RotarySettings, layer_kind_count> rotary;  // by LayerKind

    Index relative_buckets = 0;   ///< of T5's position bias
    Index relative_distance = 0;  ///< from where on all distances share a bucket

    Index query_width() const { return heads * head_dim; }
    Index key_width() const { return key_heads * head_dim; }
    LayerKind kind(Index layer) const { return layer_kinds[static_cast<size_t>(layer)]; }
    const RotarySettings& rotary_of(Index layer) const {
        return rotary[static_cast<size_t>(kind(layer))];
    }
    Index window_of(Index layer) const { return kind(layer) == LayerKind::sliding ? window : 0; }
};

}  // namespace fovea
