#pragma once

#include <optional>
#include <string>

#include "engine/core/memory_left.h"

namespace fovea {

/// "30 kB", "200 MB", "1.5 GB".
std::string size_in_words(double bytes);

/// So few that nobody looks whether they are there.
inline constexpr double always_there_bytes = 16 << 20;

/// Where `bytes` are more than there are left, whose bound that is: "this machine has 200 MB left".
/// nullopt where they fit, where the system does not say, and where they are so few that nobody
/// looks (unless `left` is given, which stands for what is asked of the system).
std::optional<std::string> memory_shortage(double bytes,
                                           const std::optional<MemoryLeft>& left = {});

}  // namespace fovea
