#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "engine/core/result.h"

namespace fovea {

/// JSON that people write: an object that has a key twice is an error that names the key, because
/// JSON leaves open which of the two counts. `name` stands in errors.
Result<nlohmann::ordered_json> parse_strict_json(std::string_view json, std::string_view name);

}  // namespace fovea
