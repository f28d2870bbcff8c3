#pragma once

#include <string>
#include <string_view>

namespace fovea {

/// Text that fits into one cell of a table and one label of a picture: valid UTF-8 without control
/// characters. Tab, newline and carriage return become ⇥, ⏎ and ␍, other control characters and
/// what is no UTF-8 become U+FFFD.
std::string visible_text(std::string_view text);

/// The same with line breaks and tabs kept as they are: what XML 1.0 allows.
std::string printable_text(std::string_view text);

}  // namespace fovea
