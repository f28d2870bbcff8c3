#include "engine/arch/parts.h"

namespace fovea {
namespace {

ArchSpec bart_stack(bool decoder) {
    using enum Extent;
    ArchSpec spec = bart_like(decoder);
    spec.model_types = {"bart"};
    spec.class_names = {"Bart"};
    spec.label = "BART (Lewis et al. 2020)";
    spec.sizes.push_back({&ModelConfig::position_offset, {}, always<2>});
    spec.sizes.push_back({&ModelConfig::positions, {}, [](const ModelConfig& config) {
                              return config.context + config.position_offset;
                          }});
    spec.required_values.push_back({"normalize_embedding", {"true"}});
    spec.required_values.push_back({"static_position_embeddings", {"false"}});
    spec.tensors =
        joined({{{Role::position_embedding, "embed_positions.weight", {positions, width}},
                 {Role::embedding_norm_gain, "layernorm_embedding.weight", {width}},
                 {Role::embedding_norm_bias, "layernorm_embedding.bias", {width}}},
                std::move(spec.tensors)});
    // The alphabets of models that read letters.
    spec.neutral_keys.insert(spec.neutral_keys.end(), {"grapheme_chars", "phoneme_chars"});
    return spec;
}

}  // namespace

ArchSpec bart_architecture() {
    ArchSpec spec = bart_stack(true);
    spec.encoder = std::make_shared<const ArchSpec>(bart_stack(false));
    return spec;
}

}  // namespace fovea
