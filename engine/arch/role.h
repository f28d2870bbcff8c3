#pragma once

#include "engine/arch/model_config.h"

namespace fovea {

/// What a tensor is for. Roles below `layer_first` occur once, the others once a layer.
enum class Role {
    token_embedding,
    position_embedding,
    type_embedding,
    embedding_norm_gain,
    embedding_norm_bias,
    embedding_projection_weight,
    embedding_projection_bias,
    relative_bias,  ///< [buckets, heads], shared by all layers
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
    query_key_value_weight,  ///< fused, as ArchSpec::fused says
    query_key_value_bias,
    query_norm_gain,  ///< [head_dim], before the rotary turn (Henry et al. 2020)
    key_norm_gain,
    distance_embedding,  ///< [distances, head_dim], see RelativeKeys
    output_weight,
    output_bias,
    attention_output_norm_gain,  ///< of what attention adds, before it is added (Gemma)
    cross_norm_gain,
    cross_norm_bias,
    cross_query_weight,
    cross_query_bias,
    cross_key_weight,
    cross_key_bias,
    cross_value_weight,
    cross_value_bias,
    cross_output_weight,
    cross_output_bias,
    feed_forward_norm_gain,
    feed_forward_norm_bias,
    up_weight,
    up_bias,
    gate_weight,
    gate_bias,
    gate_up_weight,  ///< fused: the gate's rows, then the others
    gate_up_bias,
    down_weight,
    down_bias,
    feed_forward_output_norm_gain,  ///< of what the feed-forward adds, before it is added (Gemma)
    count,
};
inline constexpr Role layer_first = Role::attention_norm_gain;
inline constexpr size_t role_count = static_cast<size_t>(Role::count);
static_assert(role_count <= decltype(ModelConfig::left_out){}.size());

/// An extent of a tensor in terms of the configuration.
enum class Extent {
    one,
    vocabulary,
    width,
    embedding_width,
    positions,
    token_types,
    heads,
    head_dim,
    query_width,
    key_width,
    fused_width,  ///< query_width + 2 key_width
    feed_forward,
    twice_feed_forward,
    relative_buckets,
    distances,  ///< 2 positions - 1
};
Index extent_of(Extent extent, const ModelConfig& config);

/// When a tensor must be in the file.
enum class Presence {
    required,
    optional,
    with_head,       ///< the language head's: all of them or none
    when_gated,      ///< with a gated feed-forward only; left out else
    when_not_gated,  ///< the other way round
    when_projected,  ///< where the embedding is not as wide as the residual stream
    when_final_norm,
    when_absolute,    ///< where positions have vectors of their own; may be there all the same
    when_relative,    ///< where distances have
    not_first_layer,  ///< in every layer but the first
};

}  // namespace fovea
