#include "engine/core/utf8.h"

#include <algorithm>

namespace fovea::text {

Character character_before(std::string_view text, size_t position) {
    size_t begin = position - 1;
    while (begin > 0 && is_continuation(text[begin]))
        --begin;
    return character_at(text, begin);
}

std::uint32_t well_formed_bytes(std::string_view text, size_t position) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    size_t end = position;
    UChar32 code = 0;
    U8_NEXT(bytes, end, text.size(), code);
    return code < 0 ? 0 : static_cast<std::uint32_t>(end - position);
}

std::optional<size_t> first_invalid_byte(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        const std::uint32_t bytes = well_formed_bytes(text, i);
        if (bytes == 0) return i;
        i += bytes;
    }
    return std::nullopt;
}

bool is_begun_character(std::string_view text) {
    if (text.empty() || !U8_IS_LEAD(text.front())) return false;
    const auto lead = static_cast<std::uint8_t>(text.front());
    const auto more = static_cast<size_t>(U8_COUNT_TRAIL_BYTES(lead));
    return text.size() <= more && std::ranges::all_of(text.substr(1), is_continuation);
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char byte) { return U8_IS_SINGLE(byte); });
}

void append_utf8(std::string& text, char32_t code) {
    char bytes[U8_MAX_LENGTH];
    size_t count = 0;
    U8_APPEND_UNSAFE(bytes, count, code);
    text.append(bytes, count);
}

char32_t decode_utf8(std::string_view text, size_t& at) {
    const std::uint32_t bytes = well_formed_bytes(text, at);
    const size_t begin = at;
    at += std::max(bytes, 1u);
    return bytes == 0 ? U'\xfffd' : character_at(text, begin).code;
}

size_t next_character(std::string_view text, size_t at) {
    if (at >= text.size()) return text.size();
    return at + std::max(well_formed_bytes(text, at), 1u);
}

size_t previous_character(std::string_view text, size_t at) {
    if (at == 0) return 0;
    size_t begin = at - 1;
    while (begin > 0 && at - begin < U8_MAX_LENGTH && is_continuation(text[begin]))
        --begin;
    // A broken sequence is stepped over byte by byte, as decode_utf8 reads it.
    return next_character(text, begin) == at ? begin : at - 1;
}

}  // namespace fovea::text
