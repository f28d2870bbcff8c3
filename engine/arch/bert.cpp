#include "engine/arch/parts.h"

namespace fovea {

ArchSpec bert_architecture() {
    using enum Extent;
    using enum Presence;
    // The output's bias is tied to one beside it: the file may hold either.
    auto aliases = bert_aliases();
    aliases.emplace_back("cls.predictions.decoder.bias", "cls.predictions.bias");
    return {
        .model_types = {"bert"},
        .class_names = {"Bert"},
        .label = "BERT (Devlin et al. 2019)",
        .sizes = bert_sizes(),
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_eps"}, 1e-12f}},
        .flags = {{&ModelConfig::norm_before, {}, false},
                  {&ModelConfig::causal, {"is_decoder"}, false}},
        .activation_keys = {"hidden_act"},
        .position_type_key = "position_embedding_type",
        .required_values = bert_required_values(),
        .prefixes = {"bert.", "", "model."},
        .aliases = std::move(aliases),
        .tensors = joined({
            bert_embedding_tensors(),
            bert_layer_tensors(),
            {
                {Role::head_transform_weight,
                 "cls.predictions.transform.dense.weight",
                 {width, width},
                 with_head},
                {Role::head_transform_bias,
                 "cls.predictions.transform.dense.bias",
                 {width},
                 with_head},
                {Role::head_norm_gain,
                 "cls.predictions.transform.LayerNorm.weight",
                 {width},
                 with_head},
                {Role::head_norm_bias,
                 "cls.predictions.transform.LayerNorm.bias",
                 {width},
                 with_head},
                {Role::head_bias, "cls.predictions.decoder.bias", {vocabulary}, with_head},
                {Role::head_weight,
                 "cls.predictions.decoder.weight",
                 {vocabulary, width},
                 optional},
            },
        }),
        .causal = false,
        .head = HeadKind::masked_token,
        .head_activation_keys = {"hidden_act"},
        .head_activation = Activation::gelu,
        .neutral_keys = {"directionality"},
        .neutral_tensors = {"*cls.seq_relationship.*", "*cls.predictions.bias",
                            "*cls.predictions.decoder.bias"},
    };
}

}  // namespace fovea
