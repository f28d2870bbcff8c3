#include "engine/text/steps/byte_alphabet.h"
#include "engine/text/steps/normalizer.h"
#include "engine/text/steps/pattern.h"

namespace fovea::text {
namespace {

class Replace final : public Normalizer {
  public:
    Replace(Pattern pattern, std::string content)
        : pattern_(std::move(pattern)), content_(std::move(content)) {}

    Status apply(AlignedText& text) const override {
        std::vector<Match> matches;
        FOVEA_CHECK(Pattern::Searcher(pattern_).find_all(text.text(), matches));
        if (matches.empty()) return {};
        AlignedText result = AlignedText::emptied(text);
        size_t done = 0;
        for (const Match& match : matches) {
            result.append(text, done, match.begin);
            // What replaces several characters belongs to the last of them.
            const SourceRange source = match.end > 0 ? text.source(match.end - 1) : SourceRange{};
            result.append(content_, source);
            done = match.end;
        }
        result.append(text, done, text.size());
        text = std::move(result);
        return {};
    }

  private:
    Pattern pattern_;
    std::string content_;
};

}  // namespace

Result<NormalizerPointer> make_replace(const JsonSection& section) {
    FOVEA_TRY(Pattern pattern, Pattern::read(section, "pattern"));
    FOVEA_TRY(const std::string_view content, section.text("content"));
    return NormalizerPointer(std::make_unique<Replace>(std::move(pattern), std::string(content)));
}

Result<NormalizerPointer> make_prepend(const JsonSection& section) {
    FOVEA_TRY(const std::string_view prefix, section.text("prepend"));
    return normalizer_from([prefix = std::string(prefix)](AlignedText& text) {
        AlignedText result = AlignedText::emptied(text);
        result.append_prefixed(prefix, text, 0, text.size());
        text = std::move(result);
    });
}

Result<NormalizerPointer> make_strip(const JsonSection& section) {
    FOVEA_TRY(const bool left, section.flag_or("strip_left", true));
    FOVEA_TRY(const bool right, section.flag_or("strip_right", true));
    return normalizer_from([=](AlignedText& text) {
        size_t begin = 0;
        size_t end = text.size();
        while (left && begin < end) {
            const Character first = character_at(text.text(), begin);
            if (!is_whitespace(first.code)) break;
            begin += first.bytes;
        }
        while (right && end > begin) {
            const Character last = character_before(text.text(), end);
            if (!is_whitespace(last.code)) break;
            end -= last.bytes;
        }
        AlignedText result = AlignedText::emptied(text);
        result.append(text, begin, end);
        text = std::move(result);
    });
}

Result<NormalizerPointer> make_byte_normalizer(const JsonSection&) {
    return normalizer_from([](AlignedText& text) {
        AlignedText result = AlignedText::emptied(text);
        append_as_byte_alphabet(result, text, 0, text.size());
        text = std::move(result);
    });
}

}  // namespace fovea::text
