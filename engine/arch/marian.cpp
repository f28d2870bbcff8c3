#include "engine/arch/parts.h"

namespace fovea {
namespace {

ArchSpec marian_stack(bool decoder) {
    ArchSpec spec = bart_like(decoder);
    spec.model_types = {"marian"};
    spec.class_names = {"Marian"};
    set_fallback(spec.sizes, &ModelConfig::decoder_start, always<58100>);
    set_fallback(spec.sizes, &ModelConfig::end_token, always<0>);
    set_fallback(spec.sizes, &ModelConfig::padding_id, always<58100>);
    spec.label = "Marian (Junczys-Dowmunt et al. 2018)";
    spec.required_values.push_back({"normalize_embedding", {"false"}});
    spec.required_values.push_back({"static_position_embeddings", {"true"}});
    spec.required_values.push_back({"share_encoder_decoder_embeddings", {"true"}});
    // Most files leave the table out; where one holds it, it is the one to go by.
    spec.tensors = joined({{{Role::position_embedding,
                             "embed_positions.weight",
                             {Extent::positions, Extent::width},
                             Presence::optional}},
                           std::move(spec.tensors)});
    spec.position = PositionKind::sinusoidal;
    spec.neutral_keys.push_back("decoder_vocab_size");
    return spec;
}

}  // namespace

ArchSpec marian_architecture() {
    ArchSpec spec = marian_stack(true);
    spec.encoder = std::make_shared<const ArchSpec>(marian_stack(false));
    return spec;
}

}  // namespace fovea
