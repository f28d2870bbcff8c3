#include "app/panels/text_search.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace fovea::app {
namespace {

/// One character of a text: its code and its bytes; for a byte that is no UTF-8 a code of its own,
/// which no character has.
struct Character {
    UChar32 code;
    size_t begin;
};

std::vector<Character> characters_of(std::string_view text) {
    std::vector<Character> result;
    result.reserve(text.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int32_t>(text.size());
    constexpr UChar32 stray_bytes = 0xf700;  // for private use
    for (std::int32_t at = 0; at < length;) {
        const std::int32_t begin = at;
        UChar32 code = 0;
        U8_NEXT(bytes, at, length, code);
        if (code < 0) {
            code = stray_bytes + bytes[begin];
            at = begin + 1;
        }
        result.push_back({code, static_cast<size_t>(begin)});
    }
    return result;
}

/// Plain letters need no tables.
bool is_plain(UChar32 code) {
    return code < 0x80;
}
char16_t folded_plain(UChar32 code) {
    const bool capital = code >= 'A' && code <= 'Z';
    const bool space = code == ' ' || (code >= '\t' && code <= '\r');
    return static_cast<char16_t>(space ? ' ' : capital ? code + ('a' - 'A') : code);
}

}  // namespace

FoldedText::FoldedText(std::string_view text) {
    const auto characters = characters_of(text);
    folded_.reserve(text.size());
    origins_.reserve(text.size() + 1);
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
    const auto starts_anew = [&](UChar32 code) {
        return is_plain(code) || U_FAILURE(error) || fold->hasBoundaryBefore(code);
    };
    for (size_t i = 0; i < characters.size();) {
        // A character with all that may melt into it.
        size_t end = i + 1;
        while (end < characters.size() && !starts_anew(characters[end].code))
            ++end;
        const auto add = [&](char16_t unit) {
            folded_ += unit;
            origins_.push_back(characters[i].begin);
        };
        if (end == i + 1 && is_plain(characters[i].code)) {
            add(folded_plain(characters[i].code));
        } else if (u_isUWhiteSpace(characters[i].code)) {
            add(' ');
        } else {
            icu::UnicodeString piece, whole;
            for (size_t k = i; k < end; ++k)
                piece.append(characters[k].code);
            whole = U_FAILURE(error) ? piece : fold->normalize(piece, error);
            for (std::int32_t k = 0; k < whole.length(); ++k)
                add(whole[k]);
        }
        i = end;
    }
    origins_.push_back(text.size());
}

std::vector<ByteRange> FoldedText::find(std::string_view words) const {
    std::vector<ByteRange> found;
    const std::u16string wanted = FoldedText(words).folded_;
    if (wanted.empty()) return found;
    for (size_t at = folded_.find(wanted); at != std::u16string::npos;) {
        // Not from the middle of a character, nor to the middle of one.
        const size_t end = at + wanted.size();
        const bool begins = at == 0 || origins_[at] != origins_[at - 1];
        const bool ends = origins_[end] != origins_[end - 1];
        if (begins && ends) found.push_back({origins_[at], origins_[end]});
        at = folded_.find(wanted, begins && ends ? end : at + 1);
    }
    return found;
}

std::vector<TokenRange> tokens_touched(const std::vector<ByteRange>& ranges,
                                       const std::vector<ByteRange>& tokens, Sentence sentence) {
    std::vector<TokenRange> touched;
    size_t from = 0;
    for (const ByteRange& range : ranges) {
        while (from < tokens.size() && tokens[from].end <= range.begin)
            ++from;
        std::optional<Index> first, last;
        for (size_t i = from; i < tokens.size(); ++i) {
            const ByteRange& token = tokens[i];
            if (token.begin >= token.end) continue;
            if (token.begin >= range.end) break;
            if (token.end <= range.begin) continue;
            if (!first) first = static_cast<Index>(i);
            last = static_cast<Index>(i);
        }
        if (first) touched.push_back({sentence, *first, *last});
    }
    return touched;
}

}  // namespace fovea::app
