#include "engine/arch/parts.h"

namespace fovea {

ArchSpec electra_architecture() {
    using enum Extent;
    using enum Presence;
    std::vector<IndexKey> sizes = bert_sizes();
    sizes.push_back({&ModelConfig::embedding_width, {"embedding_size"}, always<128>});
    return {
        .model_types = {"electra"},
        .class_names = {"Electra"},
        .label = "ELECTRA (Clark et al. 2020)",
        .sizes = std::move(sizes),
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_eps"}, 1e-12f}},
        .flags = {{&ModelConfig::norm_before, {}, false},
                  {&ModelConfig::causal, {"is_decoder"}, false}},
        .activation_keys = {"hidden_act"},
        .position_type_key = "position_embedding_type",
        .required_values = bert_required_values(),
        .prefixes = {"electra.", ""},
        .aliases = bert_aliases(),
        .tensors = joined({
            bert_embedding_tensors(),
            bert_layer_tensors(),
            {
                {Role::embedding_projection_weight,
                 "embeddings_project.weight",
                 {width, embedding_width},
                 when_projected},
                {Role::embedding_projection_bias,
                 "embeddings_project.bias",
                 {width},
                 when_projected},
                // The generator's; a discriminator has no language head.
                {Role::head_transform_weight,
                 "generator_predictions.dense.weight",
                 {embedding_width, width},
                 with_head},
                {Role::head_transform_bias,
                 "generator_predictions.dense.bias",
                 {embedding_width},
                 with_head},
                {Role::head_norm_gain,
                 "generator_predictions.LayerNorm.weight",
                 {embedding_width},
                 with_head},
                {Role::head_norm_bias,
                 "generator_predictions.LayerNorm.bias",
                 {embedding_width},
                 with_head},
                {Role::head_bias, "generator_lm_head.bias", {vocabulary}, with_head},
                {Role::head_weight,
                 "generator_lm_head.weight",
                 {vocabulary, embedding_width},
                 optional},
            },
        }),
        .causal = false,
        .head = HeadKind::masked_token,
        .head_activation = Activation::gelu,
        .neutral_tensors = {"*discriminator_predictions.*"},
    };
}

}  // namespace fovea
