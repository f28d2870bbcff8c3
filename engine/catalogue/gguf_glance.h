#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/model/ability.h"

namespace fovea {

/// What the header of a GGUF file says of the model in it.
struct GgufGlance {
    std::string architecture;        ///< "gemma3"; "" where unknown
    Index context = 0;               ///< 0 where unknown
    std::optional<Ability> ability;  ///< nullopt with `why_not`
    std::string why_not;             ///< a sentence where Fovea cannot run it, else ""
};

/// Reads the header only. An error where it is no GGUF file of a version that is known.
Result<GgufGlance> glance_at_gguf(const std::filesystem::path& file);

}  // namespace fovea
