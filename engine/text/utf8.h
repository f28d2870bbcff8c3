#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fovea::text {

/// One character of valid UTF-8 and how many bytes it takes.
struct Character {
    char32_t code = 0;
    std::uint32_t bytes = 1;
};

/// The character that begins at `position`; `text` is valid UTF-8 there.
inline Character character_at(std::string_view text, size_t position) {
    const auto byte = [&](size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[position + i]));
    };
    const char32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    if (lead < 0xE0) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
    if (lead < 0xF0) {
        return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
    }
    return {(lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F),
            4};
}

/// The character that ends just before `position`, which is not 0.
Character character_before(std::string_view text, size_t position);

void append_utf8(std::string& text, char32_t code);

/// How many bytes the well-formed character at `position` takes; 0 where there is none.
std::uint32_t well_formed_bytes(std::string_view text, size_t position);

/// Offset of the first byte that is not part of well-formed UTF-8.
std::optional<size_t> first_invalid_byte(std::string_view text);

bool is_ascii(std::string_view text);

// What the Unicode Character Database says of a character.
bool is_whitespace(char32_t code);         // White_Space
bool is_control(char32_t code);            // Cc, Cf, Co; unassigned characters are not
bool is_punctuation(char32_t code);        // P*, or one of ASCII's signs
bool is_number(char32_t code);             // N*
bool is_nonspacing_mark(char32_t code);    // Mn
bool is_mark(char32_t code);               // M*
bool is_word_character(char32_t code);     // regular expressions' \w
bool is_chinese_character(char32_t code);  // the blocks that BERT takes for Chinese

}  // namespace fovea::text
