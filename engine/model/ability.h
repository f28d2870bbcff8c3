#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace fovea {

class Checkpoint;
class Model;
struct ArchSpec;
struct ParsedConfig;

/// What a model can be asked beside its attention: by what it is, not by its name.
enum class Ability {
    encoder,       ///< nothing: no language head, and every token sees every other
    attention,     ///< nothing: no language head
    next_token,    ///< what follows a text
    masked_token,  ///< what stands at a mask
    target,        ///< what an encoder-decoder writes
};

std::span<const Ability> abilities();

/// "next_token": in the catalogue, in JSON.
std::string_view ability_key(Ability ability);
/// "language model: next token"
std::string_view ability_label(Ability ability);
std::optional<Ability> ability_of_key(std::string_view key);
bool has_language_head(Ability ability);

Ability ability_of(const Model& model);
/// The same from a config and the names of a checkpoint's tensors; no weight is read. `arch` is
/// the config's, or as a GGUF file has it (gguf_architecture).
Ability ability_of(const ParsedConfig& parsed, const ArchSpec& arch, const Checkpoint& checkpoint);

}  // namespace fovea
