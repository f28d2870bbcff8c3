#pragma once

#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// UTF-8, by ICU's macros. What characters are is said by engine/text/unicode.h.
namespace fovea::text {

/// One character of valid UTF-8 and how many bytes it takes.
struct Character {
    char32_t code = 0;
    std::uint32_t bytes = 1;
};

/// The character that begins at `position`; `text` is valid UTF-8 there.
inline Character character_at(std::string_view text, size_t position) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    size_t end = position;
    char32_t code = 0;
    U8_NEXT_UNSAFE(bytes, end, code);
    return {code, static_cast<std::uint32_t>(end - position)};
}

/// The character that ends just before `position`, which is not 0; `text` is valid UTF-8 there.
Character character_before(std::string_view text, size_t position);

/// A byte that is no character's first.
inline bool is_continuation(char byte) {
    return U8_IS_TRAIL(byte);
}

/// How many bytes the well-formed character at `position` takes; 0 where there is none.
std::uint32_t well_formed_bytes(std::string_view text, size_t position);

/// Offset of the first byte that is not part of well-formed UTF-8.
std::optional<size_t> first_invalid_byte(std::string_view text);

/// `text` ends inside a character that begins at its first byte: more bytes may complete it.
bool is_begun_character(std::string_view text);

bool is_ascii(std::string_view text);

void append_utf8(std::string& text, char32_t code);

// Any bytes: those that are no UTF-8 count as a character each, so that any text can be drawn and
// edited.

/// The character at byte `at`, which moves past it; U+FFFD for a byte that is no UTF-8.
char32_t decode_utf8(std::string_view text, size_t& at);
/// Where the character after byte `at` begins.
size_t next_character(std::string_view text, size_t at);
/// Where the character before byte `at` begins.
size_t previous_character(std::string_view text, size_t at);

}  // namespace fovea::text
