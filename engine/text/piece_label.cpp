#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "engine/core/utf8.h"
#include "engine/text/piece_label.h"
#include "engine/text/tokenizer.h"

namespace fovea {

namespace {

// Nothing is seen of these; between letters they join or part them (of an emoji, of Persian).
bool is_unseen(char32_t code) {
    return code == 0xAD || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) ||
           code == 0xFEFF;
}

bool is_no_break_space(char32_t code) {
    return code == 0xA0 || code == 0x202F || code == 0x2007;
}

}  // namespace

std::string piece_label(std::string_view piece) {
    const bool only_spaces = piece.find_first_not_of(' ') == piece.npos;
    std::string label;
    // " or" and "or" are two tokens: a space that a token begins with is written.
    const size_t leading = only_spaces ? piece.size() : piece.find_first_not_of(' ');
    for (size_t i = 0; i < piece.size();) {
        const char byte = piece[i];
        // Nearly all are letters, and every token of every sentence comes through here.
        if (byte > ' ' && byte < 0x7F) {
            label += byte;
            ++i;
            continue;
        }
        const size_t bytes = std::max<size_t>(text::well_formed_bytes(piece, i), 1);
        const char32_t code = bytes > 1 ? text::character_at(piece, i).code : 0;
        if (byte == ' ' && i < leading) {
            label += "␣";
        } else if (byte == '\n') {
            label += "⏎";
        } else if (byte == '\t') {
            label += "⇥";
        } else if (is_no_break_space(code)) {
            label += "⍽";
        } else if (is_unseen(code) && (i == 0 || i + bytes == piece.size())) {
            label += fmt::format("\\u{:04X}", static_cast<std::uint32_t>(code));
        } else if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) {
            label += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
        } else {
            label += piece.substr(i, bytes);
        }
        i += bytes;
    }
    return label;
}

std::string_view without_space(std::string_view label) {
    constexpr std::string_view space = "␣";
    // "␣ 9" is a space with its number.
    const bool named = label.starts_with(space) && label.size() > space.size();
    return named && label[space.size()] != ' ' ? label.substr(space.size()) : label;
}

std::string token_label(const Tokenizer& tokenizer, const Token& token) {
    return piece_label(tokenizer.piece(token.id));
}

}  // namespace fovea
