#include "engine/text/unicode.h"

#include <unicode/uchar.h>

namespace fovea::text {
namespace {

std::uint32_t category(char32_t code) {
    return U_GET_GC_MASK(static_cast<UChar32>(code));
}

bool is_ascii_sign(char32_t code) {
    return (code >= 0x21 && code <= 0x2F) || (code >= 0x3A && code <= 0x40) ||
           (code >= 0x5B && code <= 0x60) || (code >= 0x7B && code <= 0x7E);
}

}  // namespace

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
