#pragma once

#include <optional>
#include <string_view>

namespace fovea {

/// Whose attention. A model of one stack has `self` only; an encoder-decoder the three others.
enum class Part {
    self,
    encoder,
    decoder,  ///< over the target's own tokens
    cross,    ///< from the target's tokens to the source's
};

/// In files and on the command line: "encoder"; "" for `self`.
std::string_view part_name(Part part);
/// The other way round, of the three that have a name.
std::optional<Part> part_by_name(std::string_view name);

}  // namespace fovea
