#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/text/aligned_text.h"

namespace fovea::text {

/// GPT-2's way to write any byte as a visible character: printable ones stand for themselves, the
/// others (a space, a newline, most of UTF-8's) for characters from U+0100 on, as "Ġ" for a space.
std::string_view byte_letter(unsigned char byte);

/// The bytes that a word in that alphabet stands for; none where a character is not of it.
std::optional<std::string> bytes_of_letters(std::string_view letters);

/// Appends [begin, end) of `text` in that alphabet to `result`.
void append_as_byte_alphabet(AlignedText& result, const AlignedText& text, size_t begin,
                             size_t end);

}  // namespace fovea::text
