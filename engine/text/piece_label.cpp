#include <fmt/core.h>

#include "engine/text/piece_label.h"
#include "engine/text/tokenizer.h"

namespace fovea {

std::string piece_label(std::string_view piece) {
    const bool only_spaces = piece.find_first_not_of(' ') == piece.npos;
    std::string label;
    // " or" and "or" are two tokens: a space that a token begins with is written.
    const size_t leading = only_spaces ? piece.size() : piece.find_first_not_of(' ');
    for (size_t i = 0; i < piece.size(); ++i) {
        const char byte = piece[i];
        if (byte == ' ' && i < leading) {
            label += "␣";
        } else if (byte == '\n') {
            label += "⏎";
        } else if (byte == '\t') {
            label += "⇥";
        } else if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F) {
            label += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
        } else {
            label += byte;
        }
    }
    return label;
}

std::string token_label(const Tokenizer& tokenizer, const Token& token) {
    return piece_label(tokenizer.piece(token.id));
}

}  // namespace fovea
