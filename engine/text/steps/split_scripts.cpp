#include <unicode/uscript.h>

#include <optional>

#include "engine/text/steps/pre_tokenizer.h"
#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

/// A character's script; none for a space and for what has none, which go with any. Japanese
/// mixes three, which count as one.
std::optional<UScriptCode> script_of(char32_t code) {
    constexpr char32_t long_vowel = 0x30FC;
    if (code == U' ') return {};
    if (code == long_vowel) return USCRIPT_HAN;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(static_cast<UChar32>(code), &status);
    if (U_FAILURE(status) || script == USCRIPT_UNKNOWN) return {};
    return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ? USCRIPT_HAN : script;
}

// Cuts where one script follows another. What comes before the first character that has a script
// is gone, as in the reference.
class ScriptSplit final : public PreTokenizer {
  public:
    Status apply(Pieces& pieces) const override {
        std::vector<PieceRange> ranges;
        for (const PieceRange piece : pieces.ranges) {
            const size_t first = ranges.size();
            std::optional<UScriptCode> last;
            for (std::uint32_t i = piece.begin; i < piece.end;) {
                const Character character = character_at(pieces.text.text(), i);
                const auto script = script_of(character.code);
                if (script && script != last) ranges.push_back({i, i});
                if (script) last = script;
                i += character.bytes;
                if (ranges.size() > first) ranges.back().end = i;
            }
        }
        pieces.ranges = std::move(ranges);
        return {};
    }
};

}  // namespace

Result<PreTokenizerPointer> make_script_splitter(const JsonSection&) {
    return PreTokenizerPointer(std::make_unique<ScriptSplit>());
}

}  // namespace fovea::text
