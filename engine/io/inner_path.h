#pragma once

#include <string_view>

namespace fovea {

// Names that come out of a file or from a server: nothing in a download may point elsewhere.

/// A place inside a folder and nowhere else: relative, without "." and "..".
bool is_inner_path(std::string_view text);

/// The same without folders on the way: the name of a file or folder in it.
bool is_plain_name(std::string_view text);

}  // namespace fovea
