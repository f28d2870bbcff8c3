#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/arch/arch_spec.h"
#include "engine/io/checkpoint.h"

namespace fovea {

/// "FILE: Fovea does not know \"a\" and \"b\" …"; empty where there are no keys.
std::string unread_warning(std::string_view file, const std::vector<std::string>& keys);

/// "FILE: Fovea does not follow \"a\" and \"b\"; …"; empty where there are no keys.
std::string unfollowed_warning(std::string_view file, const std::vector<std::string>& keys);

/// "FILE: 3 tensors are not used: a, b, …"; empty where all are bound, known to mean nothing, or
/// the same as a bound one, byte for byte.
std::string unused_warning(const Checkpoint& checkpoint, const ArchSpec& arch,
                           const std::vector<const TensorView*>& bound);

}  // namespace fovea
