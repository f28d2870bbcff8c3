#include "engine/figure/visible_text.h"

#include "engine/core/utf8.h"

namespace fovea {
namespace {

std::string cleaned(std::string_view text, bool keep_breaks) {
    constexpr std::string_view replacement = "\uFFFD";
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const size_t length = text::well_formed_bytes(text, 0);
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
