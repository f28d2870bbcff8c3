#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <cstring>
#include <memory>

#include "engine/core/base64.h"
#include "engine/text/steps/double_array.h"
#include "engine/text/steps/normalizer.h"

namespace fovea::text {
namespace {

// SentencePiece's table of replacements: a trie of what is replaced, whose values are places in a
// block of zero-ended strings that replace it.
class ReplacementTable {
  public:
    ReplacementTable(std::vector<std::uint32_t> trie, std::string replacements)
        : trie_(std::move(trie)), replacements_(std::move(replacements)) {}

    struct Replacement {
        std::string_view text;
        size_t bytes = 0;  // that it stands for
    };

    std::optional<Replacement> find(std::string_view text, DoubleArray::Which which) const {
        const auto match = trie_.find_prefix(text, which);
        if (!match || match->value >= replacements_.size()) return {};
        const std::string_view rest = std::string_view(replacements_).substr(match->value);
        const std::string_view found = rest.substr(0, rest.find('\0'));
        if (first_invalid_byte(found)) return {};
        return Replacement{found, match->bytes};
    }

  private:
    DoubleArray trie_;
    std::string replacements_;
};

size_t count_characters(std::string_view text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size(); ++count)
        i += character_at(text, i).bytes;
    return count;
}

/// A rewriting under way: characters as they come out, and how many old ones each stands for.
struct Rewriting {
    std::vector<Change> changes;
    size_t vanished = 0;  // before the first character that is left

    void keep(char32_t code) { changes.push_back({code, 0}); }

    void replace(std::string_view old_text, std::string_view new_text) {
        const auto old_count = static_cast<int>(count_characters(old_text));
        int place = 0;
        for (size_t i = 0; i < new_text.size(); ++place) {
            const Character character = character_at(new_text, i);
            i += character.bytes;
            changes.push_back({character.code, place < old_count ? 0 : 1});
        }
        const int lost = old_count - place;
        if (lost <= 0) return;
        if (changes.empty()) {
            vanished += static_cast<size_t>(lost);
        } else {
            changes.back().change -= lost;
        }
    }
};

/// Callers see what a reader would call one character: a letter with its marks.
template <class Function>
Status for_each_grapheme(std::string_view text, const Function& function) {
    UErrorCode status = U_ZERO_ERROR;
    UText units = UTEXT_INITIALIZER;
    utext_openUTF8(&units, text.data(), static_cast<std::int64_t>(text.size()), &status);
    const std::unique_ptr<UText, decltype(&utext_close)> open(&units, utext_close);
    const std::unique_ptr<UBreakIterator, decltype(&ubrk_close)> breaks(
        ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &status), ubrk_close);
    if (U_SUCCESS(status)) ubrk_setUText(breaks.get(), &units, &status);
    if (U_FAILURE(status)) {
        return fail("the text cannot be cut into characters ({})", u_errorName(status));
    }
    std::int32_t begin = ubrk_first(breaks.get());
    for (std::int32_t end = ubrk_next(breaks.get()); end != UBRK_DONE;
         end = ubrk_next(breaks.get())) {
        function(text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
        begin = end;
    }
    return {};
}

/// As the reference does it, oddities included: a short grapheme is replaced whole by what the
/// shortest key at its beginning stands for; what has no key goes character by character.
class Precompiled final : public Normalizer {
  public:
    explicit Precompiled(ReplacementTable table) : table_(std::move(table)) {}

    Status apply(AlignedText& text) const override {
        Rewriting rewriting;
        rewriting.changes.reserve(text.size());
        bool changed = false;
        const auto replace = [&](std::string_view part) {
            const auto found = table_.find(part, DoubleArray::Which::shortest);
            if (!found) return false;
            rewriting.replace(part, found->text);
            return changed = true;
        };
        FOVEA_CHECK(for_each_grapheme(text.text(), [&](std::string_view grapheme) {
            constexpr size_t longest = 5;
            if (grapheme.size() <= longest && replace(grapheme)) return;
            for (size_t i = 0; i < grapheme.size();) {
                const Character character = character_at(grapheme, i);
                if (!replace(grapheme.substr(i, character.bytes))) rewriting.keep(character.code);
                i += character.bytes;
            }
        }));
        if (changed) text.transform(rewriting.changes, rewriting.vanished);
        return {};
    }

  private:
    ReplacementTable table_;
};

/// As SentencePiece itself does it: from left to right, the longest key at each place.
class LongestFirst final : public Normalizer {
  public:
    explicit LongestFirst(ReplacementTable table) : table_(std::move(table)) {}

    Status apply(AlignedText& text) const override {
        Rewriting rewriting;
        rewriting.changes.reserve(text.size());
        const std::string_view old = text.text();
        for (size_t i = 0; i < old.size();) {
            const Character character = character_at(old, i);
            // A key that ends inside a character comes from a broken file.
            const auto found = table_.find(old.substr(i), DoubleArray::Which::longest);
            const bool whole = found && (i + found->bytes == old.size() ||
                                         !is_continuation(old[i + found->bytes]));
            if (whole) {
                rewriting.replace(old.substr(i, found->bytes), found->text);
                i += found->bytes;
            } else {
                rewriting.keep(character.code);
                i += character.bytes;
            }
        }
        text.transform(rewriting.changes, rewriting.vanished);
        return {};
    }

  private:
    ReplacementTable table_;
};

/// Four bytes of length, the trie, the replacements.
Result<ReplacementTable> read_table(std::string_view bytes) {
    std::uint32_t length = 0;
    if (bytes.size() < sizeof(length)) return fail("is too short");
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes.remove_prefix(sizeof(length));
    if (length > bytes.size() || length % sizeof(std::uint32_t) != 0) {
        return fail("says that its trie has {} bytes, of {}", length, bytes.size());
    }
    std::vector<std::uint32_t> trie(length / sizeof(std::uint32_t));
    if (!trie.empty()) std::memcpy(trie.data(), bytes.data(), length);
    return ReplacementTable(std::move(trie), std::string(bytes.substr(length)));
}

}  // namespace

Result<NormalizerPointer> make_precompiled(const JsonSection& section) {
    constexpr std::string_view key = "precompiled_charsmap";
    FOVEA_TRY(const std::string_view encoded, section.text_or(key, ""));
    if (encoded.empty()) return normalizer_from([](AlignedText&) {});
    const auto bytes = from_base64(encoded);
    if (!bytes) return fail("{} is not base64", section.path(key));
    Result<ReplacementTable> table = read_table(*bytes);
    if (!table) return fail("{} {}", section.path(key), table.message());
    return NormalizerPointer(std::make_unique<Precompiled>(*std::move(table)));
}

Result<NormalizerPointer> make_sentence_piece_normalizer(std::string_view character_map) {
    if (character_map.empty()) return normalizer_from([](AlignedText&) {});
    Result<ReplacementTable> table = read_table(character_map);
    if (!table) return fail("precompiled_charsmap {}", table.message());
    return NormalizerPointer(std::make_unique<LongestFirst>(*std::move(table)));
}

}  // namespace fovea::text
