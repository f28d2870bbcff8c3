#include "engine/text/models/subword_models.h"
#include "engine/text/prefix_trie.h"

namespace fovea::text {
namespace {

// Greedy, the longest first (Schuster & Nakajima 2012; Devlin et al. 2019). A word with a part
// that the vocabulary does not have is unknown as a whole.
class WordPiece final : public SubwordModel {
  public:
    WordPiece(const Vocabulary& vocabulary, WordPieceSettings settings)
        : settings_(std::move(settings)) {
        for (std::int32_t id = 0; id < vocabulary.size(); ++id) {
            if (vocabulary.holds(id)) spellings_.insert(vocabulary.spelling(id), id);
        }
        continuing_ = spellings_.walk(PrefixTrie::root, settings_.prefix);
    }

    std::string_view continuing_prefix() const override { return settings_.prefix; }

    Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const override {
        for (const PieceRange piece : pieces.ranges) {
            const size_t before = found.size();
            if (is_short(pieces.view(piece)) && cut(pieces, piece, found)) continue;
            found.resize(before);
            found.push_back({settings_.unknown, piece.begin, piece.end});
        }
        return {};
    }

  private:
    bool is_short(std::string_view word) const {
        if (word.size() <= settings_.longest_word) return true;
        size_t characters = 0;
        for (size_t i = 0; i < word.size() && characters <= settings_.longest_word; ++characters) {
            i += character_at(word, i).bytes;
        }
        return characters <= settings_.longest_word;
    }

    bool cut(const Pieces& pieces, PieceRange piece, std::vector<Subword>& found) const {
        const std::string_view word = pieces.view(piece);
        for (size_t at = 0; at < word.size();) {
            const std::uint32_t from = at == 0 ? PrefixTrie::root : continuing_;
            if (from == PrefixTrie::nowhere) return false;
            const PrefixTrie::Match match = spellings_.longest(from, word, at);
            if (match.bytes == 0) return false;
            const auto begin = static_cast<std::uint32_t>(piece.begin + at);
            found.push_back({match.value, begin, static_cast<std::uint32_t>(begin + match.bytes)});
            at += match.bytes;
        }
        return true;
    }

    WordPieceSettings settings_;
    PrefixTrie spellings_;
    std::uint32_t continuing_ = PrefixTrie::nowhere;
};

}  // namespace

SubwordModelPointer make_word_piece(const Vocabulary& vocabulary, WordPieceSettings settings) {
    return std::make_unique<WordPiece>(vocabulary, std::move(settings));
}

Result<SubwordModelPointer> make_word_piece(const ModelSource& source) {
    FOVEA_CHECK(read_vocabulary(source.section, *source.vocabulary));
    WordPieceSettings settings;
    FOVEA_TRY(settings.unknown, read_token(source, "unk_token"));
    if (settings.unknown == Vocabulary::none) {
        settings.unknown = source.vocabulary->find("[UNK]");
    }
    if (settings.unknown == Vocabulary::none) {
        return fail("{} is missing, and \"[UNK]\" is not in the vocabulary",
                    source.section.path("unk_token"));
    }
    FOVEA_TRY(settings.prefix,
              source.of("continuing_subword_prefix").text_or("continuing_subword_prefix", "##"));
    FOVEA_TRY(const std::int64_t longest,
              source.of("max_input_chars_per_word").integer_or("max_input_chars_per_word", 100));
    if (longest < 0) {
        return fail("{} is negative", source.section.path("max_input_chars_per_word"));
    }
    settings.longest_word = static_cast<size_t>(longest);
    return make_word_piece(*source.vocabulary, std::move(settings));
}

}  // namespace fovea::text
