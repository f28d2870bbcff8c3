#include "engine/arch/parts.h"

namespace fovea {

ArchSpec bert_architecture() {
    using enum Extent;
    using enum Presence;
    return {
        .model_types = {"bert"},
        .label = "BERT (Devlin et al. 2019)",
        .sizes = bert_sizes(),
        .numbers = {{&ModelConfig::norm_epsilon, {"layer_norm_eps"}, 1e-12f}},
        .flags = {{&ModelConfig::norm_before, {}, false}},
        .activation_keys = {"hidden_act"},
        .required_values = bert_required_values(),
        .prefixes = {"bert.", "", "model."},
        .aliases = bert_aliases(),
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
                {Role::head_bias, "cls.predictions.bias", {vocabulary}, with_head},
                {Role::head_weight,
                 "cls.predictions.decoder.weight",
                 {vocabulary, width},
                 optional},
            },
        }),
        .causal = false,
        .head = HeadKind::masked_token,
        .head_activation = Activation::gelu,
        .neutral_keys = {"directionality"},
        .neutral_tensors = {"*cls.seq_relationship.*", "*cls.predictions.decoder.bias"},
    };
}

}  // namespace fovea
