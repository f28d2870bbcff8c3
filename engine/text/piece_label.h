#pragma once

#include <string>
#include <string_view>

namespace fovea {

/// A piece of text on one line: the spaces that it begins with, or that it is, as "␣", a newline as
/// "⏎", a tab as "⇥", other control characters as "\x07".
std::string piece_label(std::string_view piece);

}  // namespace fovea
