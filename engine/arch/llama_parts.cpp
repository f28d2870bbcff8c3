#include "engine/arch/parts.h"

namespace fovea {
namespace {

Index one_a_head(const ModelConfig& config) {
    return config.heads;
}
Index width_shared_out(const ModelConfig& config) {
    return config.heads > 0 ? config.width / config.heads : 0;
}

}  // namespace

std::vector<IndexKey> llama_sizes(Index (*context)(const ModelConfig&)) {
    std::vector<IndexKey> sizes = plain_sizes(context);
    sizes.push_back({&ModelConfig::key_heads, {"num_key_value_heads"}, one_a_head, one_a_head});
    sizes.push_back({&ModelConfig::head_dim, {"head_dim"}, width_shared_out, width_shared_out});
    return sizes;
}

void set_fallback(std::vector<IndexKey>& sizes, Index ModelConfig::*field,
                  Index (*fallback)(const ModelConfig&)) {
    for (IndexKey& key : sizes)
        if (key.field == field) key.fallback = fallback;
}

LayerKindKeys qwen_layer_kinds() {
    return {.window = {"sliding_window"},
            .window_fallback = 4096,
            .list = "layer_types",
            .first_sliding = "max_window_layers",
            .first_sliding_fallback = 28,
            .enabled = "use_sliding_window"};
}

TensorSpecs llama_embedding_tensors() {
    using enum Extent;
    using enum Presence;
    return {{Role::token_embedding, "embed_tokens.weight", {vocabulary, width}},
            {Role::final_norm_gain, "norm.weight", {width}},
            {Role::head_weight, "lm_head.weight", {vocabulary, width}, optional}};
}

TensorFlag attention_bias_flag(std::string_view name, bool fallback) {
    return {name,
            fallback,
            {Role::query_bias, Role::key_bias, Role::value_bias, Role::query_key_value_bias,
             Role::output_bias}};
}

TensorFlag gated_bias_flag(std::string_view name) {
    return {name, false, {Role::up_bias, Role::gate_bias, Role::down_bias}};
}

TensorSpecs llama_attention_tensors() {
    using enum Extent;
    using enum Presence;
    return joined(
        {projection_tensors(optional),
         {{Role::attention_norm_gain, "layers.{}.input_layernorm.weight", {width}},
          {Role::output_weight, "layers.{}.self_attn.o_proj.weight", {width, query_width}},
          {Role::output_bias, "layers.{}.self_attn.o_proj.bias", {width}, optional}}});
}

TensorSpecs llama_gated_tensors() {
    using enum Extent;
    using enum Presence;
    return {{Role::up_weight, "layers.{}.mlp.up_proj.weight", {feed_forward, width}},
            {Role::up_bias, "layers.{}.mlp.up_proj.bias", {feed_forward}, optional},
            {Role::gate_weight, "layers.{}.mlp.gate_proj.weight", {feed_forward, width}},
            {Role::gate_bias, "layers.{}.mlp.gate_proj.bias", {feed_forward}, optional},
            {Role::down_weight, "layers.{}.mlp.down_proj.weight", {width, feed_forward}},
            {Role::down_bias, "layers.{}.mlp.down_proj.bias", {width}, optional}};
}

ArchSpec llama_like(std::string_view model_type, std::string_view label) {
    using enum Extent;
    return {
        .model_types = {model_type},
        .label = label,
        .sizes = llama_sizes(),
        .numbers = {{&ModelConfig::norm_epsilon, {"rms_norm_eps"}, 1e-6f}},
        .flags = {{&ModelConfig::gated, {}, true}},
        .activation_keys = {"hidden_act"},
        .default_activation = Activation::silu,
        .required_values = {{"rope_interleaved", {"false"}}, {"use_mrope", {"false"}}},
        .prefixes = {"model.", ""},
        .tensors = joined(
            {llama_embedding_tensors(),
             llama_attention_tensors(),
             {{Role::feed_forward_norm_gain, "layers.{}.post_attention_layernorm.weight", {width}}},
             llama_gated_tensors()}),
        .norm = NormKind::rms,
        .position = PositionKind::rotary,
        .tied_by_default = false,
        .neutral_keys = {"is_llama_config"},
    };
}

}  // namespace fovea
