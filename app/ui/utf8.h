#pragma once

#include <string>
#include <string_view>

namespace fovea::app {

/// The character at byte `at`, which moves past it. Bytes that are no UTF-8 give U+FFFD, one byte
/// at a time, so that any text can be drawn and edited.
char32_t decode_utf8(std::string_view text, size_t& at);

void append_utf8(std::string& text, char32_t character);

/// Where the character after / before byte `at` begins.
size_t next_character(std::string_view text, size_t at);
size_t previous_character(std::string_view text, size_t at);

}  // namespace fovea::app
