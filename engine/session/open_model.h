#pragma once

#include <memory>
#include <string_view>

#include "engine/core/result.h"
#include "engine/session/reading.h"

namespace fovea {

/// Finds a model as find_model() does (a folder, a GGUF file, or a name) and loads it under the
/// name that a person calls it. Blocks; any thread.
Result<std::shared_ptr<const LoadedModel>> open_model(std::string_view asked);

}  // namespace fovea
