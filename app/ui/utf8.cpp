#include "app/ui/utf8.h"

namespace fovea::app {
namespace {

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

}  // namespace

char32_t decode_utf8(std::string_view text, size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return text[at++] & 0x7f;
    const size_t length = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
    if (length == 0 || lead >= 0xf8 || at + length > text.size()) {
        ++at;
        return 0xfffd;
    }
    char32_t character = lead & (0x7fu >> length);
    for (size_t i = 1; i < length; ++i) {
        if (!continues(text[at + i])) {
            ++at;
            return 0xfffd;
        }
        character = (character << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3f);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (character < smallest[length] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff)) {
        ++at;
        return 0xfffd;
    }
    at += length;
    return character;
}

void append_utf8(std::string& text, char32_t c) {
    const auto byte = [&](char32_t value) { text.push_back(static_cast<char>(value)); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xc0 | (c >> 6));
        byte(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        byte(0xe0 | (c >> 12));
        byte(0x80 | ((c >> 6) & 0x3f));
        byte(0x80 | (c & 0x3f));
    } else {
        byte(0xf0 | (c >> 18));
        byte(0x80 | ((c >> 12) & 0x3f));
        byte(0x80 | ((c >> 6) & 0x3f));
        byte(0x80 | (c & 0x3f));
    }
}

size_t next_character(std::string_view text, size_t at) {
    if (at >= text.size()) return text.size();
    decode_utf8(text, at);
    return at;
}

size_t previous_character(std::string_view text, size_t at) {
    if (at == 0) return 0;
    size_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && continues(text[begin]))
        --begin;
    // A broken sequence is stepped over byte by byte, as decode_utf8 reads it.
    return next_character(text, begin) == at ? begin : at - 1;
}

}  // namespace fovea::app
