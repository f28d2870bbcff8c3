#include "engine/arch/parts.h"

namespace fovea {
namespace {

ArchSpec bart_stack(bool decoder) {
    using enum Extent;
    std::vector<IndexKey> sizes = bart_sizes(decoder);
    sizes.push_back(
        {&ModelConfig::position_offset, {}, [](const ModelConfig&) { return Index{2}; }});
    sizes.push_back({&ModelConfig::positions, {}, [](const ModelConfig& config) {
                         return config.context + config.position_offset;
                     }});
    std::vector<RequiredValue> required = bart_required_values();
    required.push_back({"normalize_embedding", {"true"}});
    required.push_back({"static_position_embeddings", {"false"}});
    return {
        .model_types = {"bart"},
        .label = "BART (Lewis et al. 2020)",
        .sizes = std::move(sizes),
        .flags = {{&ModelConfig::norm_before, {}, false},
                  {&ModelConfig::scaled_embedding, {"scale_embedding"}, false}},
        .activation_keys = {"activation_function"},
        .required_values = std::move(required),
        .prefixes = {decoder ? "model.decoder." : "model.encoder.",
                     decoder ? "decoder." : "encoder.", "model.", ""},
        .aliases = {{"shared.weight", "embed_tokens.weight"}},
        .tensors =
            joined({{{Role::position_embedding, "embed_positions.weight", {positions, width}},
                     {Role::embedding_norm_gain, "layernorm_embedding.weight", {width}},
                     {Role::embedding_norm_bias, "layernorm_embedding.bias", {width}}},
                    bart_layer_tensors(decoder)}),
        .causal = decoder,
    };
}

}  // namespace

ArchSpec bart_architecture() {
    ArchSpec spec = bart_stack(true);
    spec.encoder = std::make_shared<const ArchSpec>(bart_stack(false));
    return spec;
}

}  // namespace fovea
