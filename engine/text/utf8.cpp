#include "engine/text/utf8.h"

#include <unicode/uchar.h>

#include <algorithm>

namespace fovea::text {
namespace {

std::uint32_t category(char32_t code) {
    return U_GET_GC_MASK(static_cast<UChar32>(code));
}

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

bool is_ascii_sign(char32_t code) {
    return (code >= 0x21 && code <= 0x2F) || (code >= 0x3A && code <= 0x40) ||
           (code >= 0x5B && code <= 0x60) || (code >= 0x7B && code <= 0x7E);
}

}  // namespace

Character character_before(std::string_view text, size_t position) {
    size_t begin = position - 1;
    while (begin > 0 && is_continuation(text[begin]))
        --begin;
    return character_at(text, begin);
}

void append_utf8(std::string& text, char32_t code) {
    const auto push = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        push(code);
    } else if (code < 0x800) {
        push(0xC0 | code >> 6);
        push(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        push(0xE0 | code >> 12);
        push(0x80 | (code >> 6 & 0x3F));
        push(0x80 | (code & 0x3F));
    } else {
        push(0xF0 | code >> 18);
        push(0x80 | (code >> 12 & 0x3F));
        push(0x80 | (code >> 6 & 0x3F));
        push(0x80 | (code & 0x3F));
    }
}

std::uint32_t well_formed_bytes(std::string_view text, size_t position) {
    const auto lead = static_cast<unsigned char>(text[position]);
    if (lead < 0x80) return 1;
    const std::uint32_t bytes = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes == 0 || lead > 0xF4 || text.size() - position < bytes) return 0;
    for (std::uint32_t i = 1; i < bytes; ++i) {
        if (!is_continuation(text[position + i])) return 0;
    }
    const char32_t code = character_at(text, position).code;
    const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return overlong || surrogate || code > 0x10FFFF ? 0 : bytes;
}

std::optional<size_t> first_invalid_byte(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        const std::uint32_t bytes = well_formed_bytes(text, i);
        if (bytes == 0) return i;
        i += bytes;
    }
    return std::nullopt;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

bool is_whitespace(char32_t code) {
    return u_isUWhiteSpace(static_cast<UChar32>(code)) != 0;
}

bool is_control(char32_t code) {
    return (category(code) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0;
}

bool is_punctuation(char32_t code) {
    return is_ascii_sign(code) || (category(code) & U_GC_P_MASK) != 0;
}

bool is_number(char32_t code) {
    return (category(code) & U_GC_N_MASK) != 0;
}

bool is_nonspacing_mark(char32_t code) {
    return (category(code) & U_GC_MN_MASK) != 0;
}

bool is_mark(char32_t code) {
    return (category(code) & U_GC_M_MASK) != 0;
}

bool is_word_character(char32_t code) {
    return (category(code) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0 ||
           u_isUAlphabetic(static_cast<UChar32>(code)) ||
           u_hasBinaryProperty(static_cast<UChar32>(code), UCHAR_JOIN_CONTROL);
}

bool is_chinese_character(char32_t code) {
    const auto in = [&](char32_t first, char32_t last) { return code >= first && code <= last; };
    // The gap between 2B81F and 2B920 is the reference's own; ids depend on it.
    return in(0x4E00, 0x9FFF) || in(0x3400, 0x4DBF) || in(0x20000, 0x2A6DF) ||
           in(0x2A700, 0x2B73F) || in(0x2B740, 0x2B81F) || in(0x2B920, 0x2CEAF) ||
           in(0xF900, 0xFAFF) || in(0x2F800, 0x2FA1F);
}

}  // namespace fovea::text
