#include "engine/arch/parts.h"

namespace fovea {

ArchSpec roberta_architecture() {
    using enum Extent;
    using enum Presence;
    std::vector<IndexKey> sizes = bert_sizes();
    // `max_position_embeddings` counts rows; the first of them belong to padding.
    for (IndexKey& key : sizes)
        if (key.field == &ModelConfig::context) key.field = &ModelConfig::positions;
    sizes.push_back({&ModelConfig::padding_id, {"pad_token_id"}, always<1>});
    sizes.push_back({&ModelConfig::position_offset, {}, [](const ModelConfig& config) {
                         return config.padding_id + 1;
                     }});
    sizes.push_back({&ModelConfig::context, {}, [](const ModelConfig& config) {
                         return config.positions - config.position_offset;
                     }});
    // The output's bias is tied to one beside it: the file may hold either.
    auto aliases = bert_aliases();
    aliases.emplace_back("lm_head.decoder.bias", "lm_head.bias");
    return {
        .model_types = {"roberta", "xlm-roberta", "camembert"},
        .class_names = {"Roberta", "XLMRoberta", "Camembert"},
        .label = "RoBERTa (Liu et al. 2019)",
        .sizes = std::move(sizes),
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_eps"}, 1e-12f}},
        .flags = {{&ModelConfig::norm_before, {}, false},
                  {&ModelConfig::skips_padding, {}, true},
                  {&ModelConfig::causal, {"is_decoder"}, false}},
        .activation_keys = {"hidden_act"},
        .position_type_key = "position_embedding_type",
        .required_values = bert_required_values(),
        .prefixes = {"roberta.", "", "model."},
        .aliases = std::move(aliases),
        .tensors = joined({
            bert_embedding_tensors(),
            bert_layer_tensors(),
            {
                {Role::head_transform_weight, "lm_head.dense.weight", {width, width}, with_head},
                {Role::head_transform_bias, "lm_head.dense.bias", {width}, with_head},
                {Role::head_norm_gain, "lm_head.layer_norm.weight", {width}, with_head},
                {Role::head_norm_bias, "lm_head.layer_norm.bias", {width}, with_head},
                {Role::head_bias, "lm_head.decoder.bias", {vocabulary}, with_head},
                {Role::head_weight, "lm_head.decoder.weight", {vocabulary, width}, optional},
            },
        }),
        .causal = false,
        .head = HeadKind::masked_token,
        .head_activation = Activation::gelu,
        .neutral_tensors = {"*lm_head.bias", "*lm_head.decoder.bias"},
    };
}

}  // namespace fovea
