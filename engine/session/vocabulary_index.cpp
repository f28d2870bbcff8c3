#include "engine/session/vocabulary_index.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/core/utf8.h"

namespace fovea {
namespace {

/// In lower case, one character for one; bytes that are no UTF-8 stay.
void append_folded(std::string& to, std::string_view text) {
    for (size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const std::uint32_t bytes = byte < 0x80 ? 1 : text::well_formed_bytes(text, at);
        if (byte < 0x80) {
            to += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A'))
                                             : static_cast<char>(byte);
        } else if (bytes == 0) {
            to += text[at];
        } else {
            const auto code = static_cast<UChar32>(text::character_at(text, at).code);
            text::append_utf8(to, static_cast<char32_t>(u_foldCase(code, U_FOLD_CASE_DEFAULT)));
        }
        at += std::max(bytes, 1u);
    }
}

std::string folded_copy(std::string_view text) {
    std::string result;
    append_folded(result, text);
    return result;
}

/// "\n" as somebody types it.
std::string with_escapes(std::string_view typed) {
    std::string result;
    for (size_t at = 0; at < typed.size(); ++at) {
        const char next = at + 1 < typed.size() ? typed[at + 1] : '\0';
        const bool escape = typed[at] == '\\' && (next == 'n' || next == 't');
        result += !escape ? typed[at] : next == 'n' ? '\n' : '\t';
        if (escape) ++at;
    }
    return result;
}

std::optional<std::int32_t> number_of(std::string_view typed, std::int32_t size) {
    std::int32_t id = 0;
    const char* end = typed.data() + typed.size();
    const auto [read, error] = std::from_chars(typed.data(), end, id);
    if (error != std::errc{} || read != end || id < 0 || id >= size) return std::nullopt;
    return id;
}

std::string_view slice(const std::string& all, const std::vector<std::uint32_t>& ends, size_t i) {
    const std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(all).substr(begin, ends[i] - begin);
}

}  // namespace

VocabularyIndex::VocabularyIndex(const Tokenizer* tokenizer, std::int32_t size) : size_(size) {
    const std::int32_t known = tokenizer ? std::min(size, tokenizer->vocabulary_size()) : 0;
    piece_ends_.reserve(static_cast<size_t>(known));
    folded_ends_.reserve(static_cast<size_t>(known));
    for (std::int32_t id = 0; id < known; ++id) {
        const std::string piece = tokenizer->piece(id);
        pieces_ += piece;
        append_folded(folded_, piece);
        piece_ends_.push_back(static_cast<std::uint32_t>(pieces_.size()));
        folded_ends_.push_back(static_cast<std::uint32_t>(folded_.size()));
    }
}

std::string_view VocabularyIndex::piece(std::int32_t id) const {
    return slice(pieces_, piece_ends_, static_cast<size_t>(id));
}

std::string_view VocabularyIndex::folded(std::int32_t id) const {
    return slice(folded_, folded_ends_, static_cast<size_t>(id));
}

std::vector<VocabularyIndex::Match> VocabularyIndex::find(std::string_view typed) const {
    std::vector<Match> matches;
    if (typed.empty()) return matches;
    const auto number = number_of(typed, size_);
    const std::string words = with_escapes(typed);
    const std::string lower = folded_copy(words);
    const bool with_space = words.front() == ' ';
    const auto bare = [&](std::string_view piece) {
        if (!with_space && piece.size() > 1 && piece.front() == ' ') piece.remove_prefix(1);
        return piece;
    };
    const auto known = static_cast<std::int32_t>(piece_ends_.size());
    for (std::int32_t id = 0; id < known; ++id) {
        if (number == id) {
            matches.push_back({id, Kind::id});
        } else if (bare(folded(id)).starts_with(lower)) {
            const std::string_view whole = bare(piece(id));
            const Kind kind = whole == words                            ? Kind::piece
                              : bare(folded(id)).size() == lower.size() ? Kind::piece_in_any_case
                                                                        : Kind::beginning;
            matches.push_back({id, kind});
        }
    }
    if (number && *number >= known) matches.push_back({*number, Kind::id});
    return matches;
}

}  // namespace fovea
