#include "engine/text/steps/canonical_forms.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>

namespace fovea::text {
namespace {

int combining_class(char32_t code) {
    return code < 0x300 ? 0 : u_getCombiningClass(static_cast<UChar32>(code));
}

// Marks after a starter stand in the order of their classes; those of one class stay as they are.
void order_marks(std::vector<Change>& characters, size_t first) {
    if (characters.size() - first < 2) return;
    std::stable_sort(characters.begin() + static_cast<std::ptrdiff_t>(first), characters.end(),
                     [](const Change& a, const Change& b) {
                         return combining_class(a.code) < combining_class(b.code);
                     });
}

}  // namespace

std::vector<Change> decompose(std::string_view text, Decomposition kind) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* form = kind == Decomposition::canonical ? unorm2_getNFDInstance(&status)
                                                                : unorm2_getNFKDInstance(&status);
    std::vector<Change> result;
    result.reserve(text.size());
    size_t first_mark = 0;  // of the marks that are not yet in order
    const auto push = [&](char32_t code, int change) {
        if (combining_class(code) == 0) {
            order_marks(result, first_mark);
            first_mark = result.size() + 1;
        }
        result.push_back({code, change});
    };
    for (size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        i += character.bytes;
        std::array<UChar, 64> parts;  // the longest decomposition there is has 18
        const std::int32_t length =
            character.code < 0x80
                ? -1
                : unorm2_getDecomposition(form, static_cast<UChar32>(character.code), parts.data(),
                                          static_cast<std::int32_t>(parts.size()), &status);
        if (length < 0) {
            push(character.code, 0);
            continue;
        }
        for (std::int32_t at = 0; at < length;) {
            const int change = at == 0 ? 0 : 1;
            UChar32 part = 0;
            U16_NEXT(parts.data(), at, length, part);
            push(static_cast<char32_t>(part), change);
        }
    }
    order_marks(result, first_mark);
    return result;
}

std::vector<Change> compose(const std::vector<Change>& decomposed) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2* form = unorm2_getNFCInstance(&status);
    std::vector<Change> result;
    result.reserve(decomposed.size());
    constexpr size_t none = ~size_t{0};
    size_t starter = none;  // the last starter's place in the result
    int last_class = 0;     // of what stands between it and the next character; 0: nothing
    for (const Change& next : decomposed) {
        const int mark = combining_class(next.code);
        const bool blocked = last_class != 0 && last_class >= mark;
        if (starter != none && !blocked) {
            Change& base = result[starter];
            const UChar32 pair = unorm2_composePair(form, static_cast<UChar32>(base.code),
                                                    static_cast<UChar32>(next.code));
            if (pair >= 0) {
                base = {static_cast<char32_t>(pair), base.change + next.change - 1};
                continue;
            }
        }
        if (mark == 0) starter = result.size();
        last_class = mark;
        result.push_back(next);
    }
    return result;
}

}  // namespace fovea::text
