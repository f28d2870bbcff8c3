#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/unicode.h"

namespace fovea::text {

/// Bytes [begin, end) of the typed text.
struct SourceRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// One character of a rewritten text, and its relation to the old one:
/// 0 takes the place of the next old character; -n likewise, and the n after that one vanish;
/// 1 is new, and belongs where the old character before it belongs.
struct Change {
    char32_t code = 0;
    int change = 0;
};

/// A text on its way through normalisation, every byte of which remembers the bytes that were
/// typed for it. (The reference's NormalizedString keeps the same account; spans agree with it.)
class AlignedText {
  public:
    AlignedText() = default;
    /// The typed text itself, or the part of it that begins at `offset`.
    AlignedText(std::string_view typed, size_t offset);
    /// An empty text that may grow as far as `other` may.
    static AlignedText emptied(const AlignedText& other);

    std::string_view text() const { return text_; }
    size_t size() const { return text_.size(); }
    bool empty() const { return text_.empty(); }

    SourceRange source(size_t byte) const { return sources_[byte]; }
    /// What was typed for the bytes [begin, end), which are not none.
    SourceRange source(size_t begin, size_t end) const {
        return {sources_[begin].begin, sources_[end - 1].end};
    }

    /// Rewrites everything; the first `vanished` old characters leave no trace.
    void transform(const std::vector<Change>& changes, size_t vanished);

    /// Keeps the characters for which `keep(code)` holds.
    template <class Predicate>
    void filter(const Predicate& keep) {
        map([&](char32_t code) { return keep(code) ? code : nothing; });
    }

    /// `change(code)` stands in the place of every character; `nothing` takes it out.
    template <class Function>
    void map(const Function& change) {
        AlignedText result = emptied(*this);
        result.reserve(size());
        for (size_t i = 0; i < size();) {
            const Character character = character_at(text_, i);
            const char32_t code = change(character.code);
            if (code != nothing) result.append(code, source(i));
            i += character.bytes;
        }
        *this = std::move(result);
    }
    static constexpr char32_t nothing = ~char32_t{0};

    void reserve(size_t bytes);
    void append(char32_t code, SourceRange source);
    void append(std::string_view characters, SourceRange source);
    void append(const AlignedText& other, size_t begin, size_t end);

    /// Puts `prefix` in front of [begin, end) of `other` and appends both: the prefix belongs to
    /// the first character that it precedes.
    void append_prefixed(std::string_view prefix, const AlignedText& other, size_t begin,
                         size_t end);

    /// A normaliser out of a hostile file may multiply a text without end: past a generous limit
    /// nothing is appended any more, and this is true.
    bool overflowed() const { return overflowed_; }

  private:
    bool fits(size_t bytes);

    std::string text_;
    std::vector<SourceRange> sources_;  // [bytes of text_]
    size_t limit_ = 0;
    bool overflowed_ = false;
};

/// Bytes [begin, end) of an AlignedText that a model sees as one word.
struct PieceRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// A text cut into pieces; what lies between them is gone.
struct Pieces {
    AlignedText text;
    std::vector<PieceRange> ranges;

    std::string_view view(PieceRange range) const {
        return text.text().substr(range.begin, range.end - range.begin);
    }

    /// `write(result, piece)` appends to an AlignedText what shall stand in a piece's place.
    template <class Function>
    void rewrite(const Function& write) {
        AlignedText result = AlignedText::emptied(text);
        result.reserve(text.size() + ranges.size());
        for (PieceRange& piece : ranges) {
            const auto begin = static_cast<std::uint32_t>(result.size());
            write(result, piece);
            piece = {begin, static_cast<std::uint32_t>(result.size())};
        }
        text = std::move(result);
    }
};

}  // namespace fovea::text
