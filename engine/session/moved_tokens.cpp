#include "engine/session/moved_tokens.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace fovea {
namespace {

struct Bytes {
    size_t begin = 0, end = 0;
    size_t size() const { return end > begin ? end - begin : 0; }
};

size_t overlap(Bytes a, Bytes b) {
    return Bytes{std::max(a.begin, b.begin), std::min(a.end, b.end)}.size();
}

class Alignment {
  public:
    Alignment(const TokenisedText& before, const TokenisedText& after, std::optional<size_t> caret)
        : before_(before),
          after_(after),
          change_(text_change(before.text, after.text, caret)),
          moves_(before.tokens.size()) {}

    TokenMoves align() && {
        const size_t count = std::min(before_.tokens.size(), after_.tokens.size());
        size_t front = 0, back = 0;
        while (front < count && same_in_front(front))
            ++front;
        while (back < count - front && same_behind(back))
            ++back;
        for (size_t i = 0; i < front; ++i)
            moves_[i] = static_cast<Index>(i);
        for (size_t i = 0; i < back; ++i)
            moves_[before_.tokens.size() - 1 - i] =
                static_cast<Index>(after_.tokens.size() - 1 - i);
        align_between(front, back);
        return std::move(moves_);
    }

  private:
    /// The same token; of a change whose place is only guessed from the texts the tokens know more:
    /// "w12 w13" that became "w13" lost a word, not the letters "2 w1".
    bool alike(const Token& a, const Token& b, bool bytes_agree) const {
        return a.id == b.id && a.special == b.special &&
               (a.special || bytes_agree || !change_.certain);
    }
    bool same_in_front(size_t i) const {
        const Token &a = before_.tokens[i], &b = after_.tokens[i];
        return alike(a, b, a.begin == b.begin && a.end == b.end && a.end <= change_.prefix);
    }
    bool same_behind(size_t i) const {
        const Token& a = before_.tokens[before_.tokens.size() - 1 - i];
        const Token& b = after_.tokens[after_.tokens.size() - 1 - i];
        const size_t unchanged = before_.text.size() - change_.suffix;
        return alike(a, b,
                     a.begin >= unchanged && a.begin - unchanged + new_tail() == b.begin &&
                         a.end - a.begin == b.end - b.begin);
    }
    size_t new_tail() const { return after_.text.size() - change_.suffix; }

    /// How many bytes of a new token were an old one's.
    size_t kept(const Token& a, const Token& b) const {
        const Bytes was{a.begin, a.end}, is{b.begin, b.end};
        const size_t unchanged = before_.text.size() - change_.suffix;
        const size_t front = overlap(overlapped(was, {0, change_.prefix}), is);
        const Bytes tail = overlapped(was, {unchanged, before_.text.size()});
        if (tail.size() == 0) return front;
        return front +
               overlap({tail.begin - unchanged + new_tail(), tail.end - unchanged + new_tail()},
                       is);
    }
    static Bytes overlapped(Bytes a, Bytes b) {
        return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
    }
    bool is_the_same(const Token& a, const Token& b) const {
        if (a.special != b.special) return false;
        if (a.special) return a.id == b.id;
        const size_t common = kept(a, b);
        return 2 * common > a.end - a.begin && 2 * common > b.end - b.begin;
    }

    void align_between(size_t front, size_t back) {
        const size_t old_end = before_.tokens.size() - back;
        const size_t new_end = after_.tokens.size() - back;
        size_t from = front;
        for (size_t i = front; i < old_end; ++i) {
            const Token& token = before_.tokens[i];
            for (size_t j = from; j < new_end; ++j) {
                if (!is_the_same(token, after_.tokens[j])) continue;
                moves_[i] = static_cast<Index>(j);
                from = j + 1;
                break;
            }
            if (from == new_end) break;
        }
    }

    TokenisedText before_, after_;
    TextChange change_;
    TokenMoves moves_;
};

/// A token where it is now; nullopt: gone.
std::optional<Index> moved(Index token, const TokenMoves* moves) {
    if (moves == nullptr) return token;
    if (token < 0 || token >= static_cast<Index>(moves->size())) return std::nullopt;
    return (*moves)[static_cast<size_t>(token)];
}

std::optional<BlockEdit> moved_in(const BlockEdit& block, Part part, const SentenceMoves& moves) {
    const TokenMoves* const queries =
        part == Part::decoder || part == Part::cross ? moves.target : moves.source;
    const TokenMoves* const keys = part == Part::decoder ? moves.target : moves.source;
    BlockEdit result = block;
    if (block.query) {
        result.query = moved(*block.query, queries);
        if (!result.query) return std::nullopt;
    }
    if (block.key) {
        result.key = moved(*block.key, keys);
        if (!result.key) return std::nullopt;
    }
    return result;
}

}  // namespace

TextChange text_change(std::string_view before, std::string_view after,
                       std::optional<size_t> caret) {
    const size_t shorter = std::min(before.size(), after.size());
    const auto common_end = [&](size_t most) {
        size_t length = 0;
        while (length < most &&
               before[before.size() - 1 - length] == after[after.size() - 1 - length])
            ++length;
        return length;
    };
    TextChange change;
    // Of "a a a" with one more "a " the texts alone do not say where it was typed; the caret does.
    if (caret && *caret <= after.size() && after.size() - *caret <= shorter) {
        const size_t tail = after.size() - *caret;
        change.certain = common_end(tail) == tail;
        if (change.certain) change.suffix = tail;
    }
    while (change.prefix < shorter - change.suffix && before[change.prefix] == after[change.prefix])
        ++change.prefix;
    change.suffix = common_end(shorter - change.prefix);
    return change;
}

TokenMoves moved_tokens(const TokenisedText& before, const TokenisedText& after,
                        std::optional<size_t> caret) {
    return Alignment(before, after, caret).align();
}

TokenMoves tokens_of_same_text(const TokenisedText& before, const TokenisedText& after) {
    using Place = std::pair<size_t, size_t>;
    const auto place = [](const TokenisedText& of, const Token& token) {
        const auto is_space = [&](size_t at) { return of.text[at] == ' ' || of.text[at] == '\n'; };
        size_t begin = token.begin, end = std::min(token.end, of.text.size());
        while (begin < end && is_space(begin))
            ++begin;
        while (begin < end && is_space(end - 1))
            --end;
        return Place(begin, end);
    };
    std::map<Place, Index> there;
    for (size_t i = 0; i < after.tokens.size(); ++i)
        if (const Place at = place(after, after.tokens[i]);
            !after.tokens[i].special && at.first < at.second)
            there.emplace(at, static_cast<Index>(i));
    TokenMoves moves(before.tokens.size());
    for (size_t i = 0; i < before.tokens.size(); ++i)
        if (!before.tokens[i].special)
            if (const auto found = there.find(place(before, before.tokens[i]));
                found != there.end())
                moves[i] = found->second;
    if (before.tokens.empty() || after.tokens.empty()) return moves;
    if (before.tokens.front().special && after.tokens.front().special) moves.front() = 0;
    if (before.tokens.back().special && after.tokens.back().special)
        moves.back() = std::ssize(after.tokens) - 1;
    return moves;
}

std::vector<BlockEdit> moved_blocks(std::span<const BlockEdit> blocks, const SentenceMoves& moves) {
    std::vector<BlockEdit> result;
    result.reserve(blocks.size());
    for (const BlockEdit& block : blocks) {
        if (block.scope.part || !moves.encoder_decoder) {
            if (auto now = moved_in(block, block.scope.part.value_or(Part::self), moves))
                result.push_back(*now);
            continue;
        }
        constexpr std::array<Part, 3> parts{Part::encoder, Part::decoder, Part::cross};
        std::array<std::optional<BlockEdit>, 3> each;
        for (size_t i = 0; i < parts.size(); ++i)
            each[i] = moved_in(block, parts[i], moves);
        if (each[0] && each[0] == each[1] && each[1] == each[2]) {
            result.push_back(*each[0]);
            continue;
        }
        for (size_t i = 0; i < parts.size(); ++i) {
            if (!each[i]) continue;
            each[i]->scope.part = parts[i];
            result.push_back(*each[i]);
        }
    }
    return result;
}

}  // namespace fovea
