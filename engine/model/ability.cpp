#include "engine/model/ability.h"

#include <array>

#include "engine/model/bind.h"
#include "engine/model/config.h"
#include "engine/model/model.h"

namespace fovea {
namespace {

struct Row {
    Ability ability;
    std::string_view key, label;
};
constexpr std::array rows = {
    Row{Ability::encoder, "encoder", "encoder: attention only"},
    Row{Ability::attention, "attention", "no language head: attention only"},
    Row{Ability::next_token, "next_token", "language model: next token"},
    Row{Ability::masked_token, "masked_token", "fills masks: masked token"},
    Row{Ability::target, "target", "text to text: cross-attention, what it writes"},
};

const Row& row_of(Ability ability) {
    return rows[static_cast<size_t>(ability)];
}

Ability ability_of(bool has_head, HeadKind head, bool causal, bool has_encoder) {
    if (!has_head) return causal || has_encoder ? Ability::attention : Ability::encoder;
    if (has_encoder) return Ability::target;
    return head == HeadKind::next_token ? Ability::next_token : Ability::masked_token;
}

}  // namespace

std::span<const Ability> abilities() {
    static constexpr std::array all = {Ability::encoder, Ability::attention, Ability::next_token,
                                       Ability::masked_token, Ability::target};
    return all;
}

std::string_view ability_key(Ability ability) {
    return row_of(ability).key;
}

std::string_view ability_label(Ability ability) {
    return row_of(ability).label;
}

std::optional<Ability> ability_of_key(std::string_view key) {
    for (const Row& row : rows)
        if (row.key == key) return row.ability;
    return std::nullopt;
}

bool has_language_head(Ability ability) {
    return ability != Ability::encoder && ability != Ability::attention;
}

Ability ability_of(const Model& model) {
    const HeadKind head = model.predicts_next() ? HeadKind::next_token : HeadKind::masked_token;
    return ability_of(model.has_language_head(), head, model.causal(), model.encoder() != nullptr);
}

Ability ability_of(const ParsedConfig& parsed, const ArchSpec& arch, const Checkpoint& checkpoint) {
    return ability_of(finds_language_head(arch, parsed.config, checkpoint), parsed.config.head,
                      parsed.config.causal, parsed.encoder.has_value());
}

}  // namespace fovea
