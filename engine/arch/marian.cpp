#include "engine/arch/parts.h"

namespace fovea {
namespace {

ArchSpec marian_stack(bool decoder) {
    std::vector<RequiredValue> required = bart_required_values();
    required.push_back({"normalize_embedding", {"false"}});
    required.push_back({"static_position_embeddings", {"true"}});
    required.push_back({"share_encoder_decoder_embeddings", {"true"}});
    return {
        .model_types = {"marian"},
        .label = "Marian (Junczys-Dowmunt et al. 2018)",
        .sizes = bart_sizes(decoder),
        .flags = {{&ModelConfig::norm_before, {}, false},
                  {&ModelConfig::scaled_embedding, {"scale_embedding"}, false}},
        .activation_keys = {"activation_function"},
        .required_values = std::move(required),
        .prefixes = {decoder ? "model.decoder." : "model.encoder.",
                     decoder ? "decoder." : "encoder.", "model.", ""},
        .aliases = {{"shared.weight", "embed_tokens.weight"}},
        // Most files leave the table out; where one holds it, it is the one to go by.
        .tensors = joined({{{Role::position_embedding,
                             "embed_positions.weight",
                             {Extent::positions, Extent::width},
                             Presence::optional}},
                           bart_layer_tensors(decoder)}),
        .position = PositionKind::sinusoidal,
        .causal = decoder,
    };
}

}  // namespace

ArchSpec marian_architecture() {
    ArchSpec spec = marian_stack(true);
    spec.encoder = std::make_shared<const ArchSpec>(marian_stack(false));
    return spec;
}

}  // namespace fovea
