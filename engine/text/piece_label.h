#pragma once

#include <string>
#include <string_view>

namespace fovea {

/// A piece of text on one line: the spaces that it begins with, or that it is, as "␣", a newline as
/// "⏎", a tab as "⇥", a no-break space as "⍽", other control characters as "\x07", and what cannot
/// be seen at either end (a zero-width joiner) as "\u200D".
std::string piece_label(std::string_view piece);

/// Of a label "␣the" the word, where the space that it begins with is not the point; one that is
/// all space stays.
std::string_view without_space(std::string_view label);

}  // namespace fovea
