#include <unicode/uchar.h>

#include "engine/text/steps/canonical_forms.h"
#include "engine/text/steps/normalizer.h"

namespace fovea::text {

void to_lowercase(AlignedText& text) {
    constexpr char32_t dotted_capital_i = 0x130;  // the one letter with two lower-case characters
    if (text.text().find("\xC4\xB0") == std::string_view::npos) {
        text.map([](char32_t code) {
            return static_cast<char32_t>(u_tolower(static_cast<UChar32>(code)));
        });
        return;
    }
    std::vector<Change> changes;
    for (size_t i = 0; i < text.size();) {
        const Character character = character_at(text.text(), i);
        i += character.bytes;
        if (character.code == dotted_capital_i) {
            changes.push_back({U'i', 0});
            changes.push_back({0x307, 1});
        } else {
            changes.push_back(
                {static_cast<char32_t>(u_tolower(static_cast<UChar32>(character.code))), 0});
        }
    }
    text.transform(changes, 0);
}

void to_unicode_form(AlignedText& text, bool compatible, bool composed) {
    if (is_ascii(text.text())) return;
    const Decomposition kind = compatible ? Decomposition::compatibility : Decomposition::canonical;
    const std::vector<Change> decomposed = decompose(text.text(), kind);
    text.transform(composed ? compose(decomposed) : decomposed, 0);
}

Result<NormalizerPointer> make_unicode_form(const JsonSection& section) {
    FOVEA_TRY(const std::string_view type, section.text("type"));
    const bool compatible = type.starts_with("NFK");
    const bool composed = type.ends_with("C");
    return normalizer_from([=](AlignedText& text) { to_unicode_form(text, compatible, composed); });
}

Result<NormalizerPointer> make_lowercase(const JsonSection&) {
    return normalizer_from(to_lowercase);
}

Result<NormalizerPointer> make_strip_accents(const JsonSection&) {
    return normalizer_from(
        [](AlignedText& text) { text.filter([](char32_t code) { return !is_mark(code); }); });
}

// The cleaning that neural machine translation does before all else: controls go, and whatever
// shows as a gap becomes a space.
Result<NormalizerPointer> make_nmt(const JsonSection&) {
    return normalizer_from([](AlignedText& text) {
        text.map([](char32_t code) {
            if ((code >= 0x01 && code <= 0x08) || code == 0x0B || (code >= 0x0E && code <= 0x1F) ||
                code == 0x7F || code == 0x8F || code == 0x9F) {
                return AlignedText::nothing;
            }
            const bool gap = code == 0x09 || code == 0x0A || code == 0x0C || code == 0x0D ||
                             code == 0x1680 || (code >= 0x200B && code <= 0x200F) ||
                             code == 0x2028 || code == 0x2029 || code == 0x2581 || code == 0xFEFF ||
                             code == 0xFFFD;
            return gap ? U' ' : code;
        });
    });
}

}  // namespace fovea::text
