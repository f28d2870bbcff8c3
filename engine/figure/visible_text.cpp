#include "engine/figure/visible_text.h"

#include <cstdint>

namespace fovea {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 where there is none
// (Unicode 15, table 3-7).
size_t sequence_length(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    size_t length = 0;
    std::uint8_t low = 0x80, high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0) low = 0xA0;
        if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0) low = 0x90;
        if (first == 0xF4) high = 0x8F;
    }
    if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
    for (size_t i = 2; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    return length;
}

std::string cleaned(std::string_view text, bool keep_breaks) {
    constexpr std::string_view replacement = "\uFFFD";
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const size_t length = sequence_length(text);
        const char c = text.front();
        if (length == 0) {
            out += replacement;
        } else if (keep_breaks && (c == '\t' || c == '\n' || c == '\r')) {
            out += c;
        } else if (c == '\t') {
            out += "⇥";
        } else if (c == '\n') {
            out += "⏎";
        } else if (c == '\r') {
            out += "␍";
        } else if ((length == 1 && (c < 0x20 || c == 0x7F)) ||
                   (length == 3 && (text.starts_with("\uFFFE") || text.starts_with("\uFFFF")))) {
            out += replacement;
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

}  // namespace

std::string visible_text(std::string_view text) {
    return cleaned(text, false);
}

std::string printable_text(std::string_view text) {
    return cleaned(text, true);
}

}  // namespace fovea
