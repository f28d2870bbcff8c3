#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fovea {

/// RFC 4648, padded.
std::string base64(std::span<const std::byte> bytes);

/// The bytes that stand in `text`, whose padding may be left out; nullopt where it has other
/// characters than base64's.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace fovea
