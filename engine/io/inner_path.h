#pragma once

#include <string_view>

namespace fovea {

/// A place inside a folder and nowhere else: relative, without "." and "..".
bool is_inner_path(std::string_view text);

/// 64 lower-case hex digits.
bool is_sha256(std::string_view text);

}  // namespace fovea
