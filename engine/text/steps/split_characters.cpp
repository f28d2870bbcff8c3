#include "engine/text/steps/delimiter.h"
#include "engine/text/steps/pre_tokenizer.h"

namespace fovea::text {
namespace {

using CharacterTest = bool (*)(char32_t);

// Cuts at every character that passes a test.
void cut_at(Pieces& pieces, CharacterTest test, Cut cut) {
    std::vector<PieceRange> ranges;
    std::vector<Match> matches;
    for (const PieceRange piece : pieces.ranges) {
        matches.clear();
        const std::string_view view = pieces.view(piece);
        for (std::uint32_t i = 0; i < view.size();) {
            const Character character = character_at(view, i);
            if (test(character.code)) matches.push_back({i, i + character.bytes});
            i += character.bytes;
        }
        cut.apply(piece, matches, ranges);
    }
    pieces.ranges = std::move(ranges);
}

class CharacterSplit final : public PreTokenizer {
  public:
    CharacterSplit(CharacterTest test, Cut cut) : test_(test), cut_(cut) {}
    Status apply(Pieces& pieces) const override {
        cut_at(pieces, test_, cut_);
        return {};
    }

  private:
    CharacterTest test_;
    Cut cut_;
};

class BertSplit final : public PreTokenizer {
  public:
    Status apply(Pieces& pieces) const override {
        cut_at(pieces, is_whitespace, {Delimiter::removed, false});
        cut_at(pieces, is_punctuation, {Delimiter::isolated, false});
        return {};
    }
};

// Runs of letters and runs of signs; white space between them goes.
class WordSplit final : public PreTokenizer {
  public:
    Status apply(Pieces& pieces) const override {
        enum class Kind { space, word, sign };
        std::vector<PieceRange> ranges;
        for (const PieceRange piece : pieces.ranges) {
            Kind last = Kind::space;
            for (std::uint32_t i = piece.begin; i < piece.end;) {
                const Character character = character_at(pieces.text.text(), i);
                const Kind kind = is_word_character(character.code) ? Kind::word
                                  : is_whitespace(character.code)   ? Kind::space
                                                                    : Kind::sign;
                if (kind != Kind::space) {
                    if (kind != last) ranges.push_back({i, i});
                    ranges.back().end = i + character.bytes;
                }
                last = kind;
                i += character.bytes;
            }
        }
        pieces.ranges = std::move(ranges);
        return {};
    }
};

class DelimiterSplit final : public PreTokenizer {
  public:
    explicit DelimiterSplit(std::string_view delimiter) : delimiter_(delimiter) {}
    Status apply(Pieces& pieces) const override {
        std::vector<PieceRange> ranges;
        std::vector<Match> matches;
        for (const PieceRange piece : pieces.ranges) {
            matches.clear();
            find_literal(pieces.view(piece), delimiter_, matches);
            Cut{Delimiter::removed, false}.apply(piece, matches, ranges);
        }
        pieces.ranges = std::move(ranges);
        return {};
    }

  private:
    std::string delimiter_;
};

}  // namespace

Result<PreTokenizerPointer> make_bert_splitter(const JsonSection&) {
    return PreTokenizerPointer(std::make_unique<BertSplit>());
}

Result<PreTokenizerPointer> make_whitespace_splitter(const JsonSection&) {
    return PreTokenizerPointer(
        std::make_unique<CharacterSplit>(is_whitespace, Cut{Delimiter::removed, false}));
}

Result<PreTokenizerPointer> make_word_splitter(const JsonSection&) {
    return PreTokenizerPointer(std::make_unique<WordSplit>());
}

Result<PreTokenizerPointer> make_digit_splitter(const JsonSection& section) {
    FOVEA_TRY(const bool individual, section.flag_or("individual_digits", false));
    const Cut cut{individual ? Delimiter::isolated : Delimiter::contiguous, false};
    return PreTokenizerPointer(std::make_unique<CharacterSplit>(is_number, cut));
}

Result<PreTokenizerPointer> make_punctuation_splitter(const JsonSection& section) {
    FOVEA_TRY(const Delimiter delimiter, read_delimiter(section, Delimiter::isolated));
    return PreTokenizerPointer(
        std::make_unique<CharacterSplit>(is_punctuation, Cut{delimiter, false}));
}

Result<PreTokenizerPointer> make_delimiter_splitter(const JsonSection& section) {
    FOVEA_TRY(const std::string_view delimiter, section.text("delimiter"));
    if (delimiter.empty()) return fail("{} is empty", section.path("delimiter"));
    return PreTokenizerPointer(std::make_unique<DelimiterSplit>(delimiter));
}

}  // namespace fovea::text
