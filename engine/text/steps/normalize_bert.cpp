#include "engine/text/steps/normalizer.h"

namespace fovea::text {
namespace {

// BERT's own order: clean, set Chinese characters apart, take accents off, lower the case.
struct BertNormalizer {
    bool clean_text = true;
    bool handle_chinese_characters = true;
    bool strip_accents = true;
    bool lowercase = true;

    void operator()(AlignedText& text) const {
        if (clean_text) clean(text);
        if (handle_chinese_characters) set_chinese_apart(text);
        if (strip_accents) {
            to_unicode_form(text, false, false);
            text.filter([](char32_t code) { return !is_nonspacing_mark(code); });
        }
        if (lowercase) to_lowercase(text);
    }

    static void clean(AlignedText& text) {
        text.map([](char32_t code) {
            if (code == U'\t' || code == U'\n' || code == U'\r') return U' ';
            if (code == 0 || code == 0xFFFD || is_control(code)) return AlignedText::nothing;
            return is_whitespace(code) ? U' ' : code;
        });
    }

    static void set_chinese_apart(AlignedText& text) {
        if (is_ascii(text.text())) return;
        AlignedText result = AlignedText::emptied(text);
        for (size_t i = 0; i < text.size();) {
            const Character character = character_at(text.text(), i);
            const bool chinese = is_chinese_character(character.code);
            if (chinese) result.append(U' ', text.source(i));
            result.append(character.code, text.source(i));
            if (chinese) result.append(U' ', text.source(i));
            i += character.bytes;
        }
        text = std::move(result);
    }
};

}  // namespace

Result<NormalizerPointer> make_bert_normalizer(const JsonSection& section) {
    BertNormalizer bert;
    FOVEA_TRY(bert.clean_text, section.flag_or("clean_text", true));
    FOVEA_TRY(bert.handle_chinese_characters, section.flag_or("handle_chinese_chars", true));
    FOVEA_TRY(bert.lowercase, section.flag_or("lowercase", true));
    // Accents go with the case unless the file says otherwise.
    FOVEA_TRY(bert.strip_accents, section.flag_or("strip_accents", bert.lowercase));
    return normalizer_from(bert);
}

}  // namespace fovea::text
