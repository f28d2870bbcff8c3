#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/text/models/subword_models.h"
#include "engine/text/prefix_trie.h"

namespace fovea::text {
namespace {

// Kudo 2018: of all ways to cut a piece, the one whose tokens' log-probabilities have the largest
// sum (Viterbi).
class Unigram final : public SubwordModel {
  public:
    Unigram(const Vocabulary& vocabulary, UnigramSettings settings)
        : settings_(std::move(settings)) {
        const auto tokens = static_cast<std::int32_t>(settings_.scores.size());
        double least = std::numeric_limits<double>::infinity();
        for (std::int32_t id = 0; id < tokens; ++id) {
            const double score = settings_.scores[static_cast<size_t>(id)];
            if (!std::isfinite(score)) continue;
            spellings_.insert(vocabulary.spelling(id), id);
            least = std::min(least, score);
        }
        for (size_t byte = 0; byte < 256; ++byte) {
            byte_tokens_[byte] = vocabulary.find(fmt::format("<0x{:02X}>", byte));
        }
        // SentencePiece's penalty for a character that no token covers.
        constexpr double penalty = 10;
        unknown_score_ = std::isfinite(least) ? least - penalty : -penalty;
    }

    std::int32_t unknown_as_typed() const override { return settings_.unknown; }

    Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const override {
        std::vector<Node> ends;
        for (const PieceRange piece : pieces.ranges) {
            if (!best_cut(pieces.view(piece), ends)) {
                return fail("\"{}\" needs a token for what is unknown, and there is none",
                            pieces.view(piece));
            }
            read_back(pieces, piece, ends, found);
        }
        return {};
    }

  private:
    static constexpr std::uint32_t unreached = ~std::uint32_t{0};
    struct Node {
        double score = 0;
        std::uint32_t begin = unreached;  // of the last token on the best way here
        std::int32_t id = Vocabulary::none;
    };

    bool best_cut(std::string_view word, std::vector<Node>& ends) const {
        ends.assign(word.size() + 1, {});
        for (size_t begin = 0; begin < word.size();) {
            const double score = ends[begin].score;
            const auto reach = [&](size_t end, double token_score, std::int32_t id) {
                Node& node = ends[end];
                if (node.begin == unreached || score + token_score > node.score) {
                    node = {score + token_score, static_cast<std::uint32_t>(begin), id};
                }
            };
            const size_t next = begin + character_at(word, begin).bytes;
            bool covered = false;
            std::uint32_t node = PrefixTrie::root;
            for (size_t end = begin; end < word.size();) {
                node = spellings_.step(node, word[end++]);
                if (node == PrefixTrie::nowhere) break;
                const std::int32_t id = spellings_.value(node);
                if (id == Vocabulary::none) continue;
                reach(end, settings_.scores[static_cast<size_t>(id)], id);
                covered = covered || end == next;
            }
            if (!covered) {
                if (settings_.unknown == Vocabulary::none) return false;
                reach(next, unknown_score_, settings_.unknown);
            }
            begin = next;
        }
        return true;
    }

    // Neighbours that are unknown become one.
    void read_back(const Pieces& pieces, PieceRange piece, const std::vector<Node>& ends,
                   std::vector<Subword>& found) const {
        const size_t first = found.size();
        for (std::uint32_t end = piece.end; end > piece.begin;) {
            const Node& node = ends[end - piece.begin];
            const std::uint32_t begin = piece.begin + node.begin;
            const bool again = node.id == settings_.unknown && found.size() > first &&
                               found.back().id == node.id && found.back().begin == end;
            if (again) {
                found.back().begin = begin;
            } else {
                found.push_back({node.id, begin, end});
            }
            end = begin;
        }
        std::reverse(found.begin() + static_cast<std::ptrdiff_t>(first), found.end());
        if (settings_.byte_fallback) fall_back(pieces.text.text(), first, found);
    }

    void fall_back(std::string_view text, size_t first, std::vector<Subword>& found) const {
        std::vector<Subword> result;
        for (size_t i = first; i < found.size(); ++i) {
            const Subword& token = found[i];
            const size_t before = result.size();
            bool complete = token.id == settings_.unknown;
            for (std::uint32_t at = token.begin; complete && at < token.end; ++at) {
                const std::int32_t id = byte_tokens_[static_cast<unsigned char>(text[at])];
                // The reference gives every byte the whole stretch.
                result.push_back({id, token.begin, token.end});
                complete = id != Vocabulary::none;
            }
            if (complete) continue;
            result.resize(before);
            result.push_back(token);
        }
        found.resize(first);
        found.insert(found.end(), result.begin(), result.end());
    }

    UnigramSettings settings_;
    std::array<std::int32_t, 256> byte_tokens_{};
    PrefixTrie spellings_;
    double unknown_score_ = 0;
};

// [["token", score], ...]; the id is the place in the list.
Result<std::vector<double>> read_scores(const ModelSource& source) {
    FOVEA_TRY(const simdjson::dom::array entries, source.section.array("vocab"));
    const std::string where = source.section.path("vocab");
    if (entries.size() == 0) return fail("{} is empty", where);
    source.vocabulary->expect(entries.size(), 0);
    std::vector<double> scores;
    for (const simdjson::dom::element entry : entries) {
        const auto id = static_cast<std::int64_t>(scores.size());
        simdjson::dom::array parts;
        std::string_view spelling;
        double score = 0;
        if (entry.get(parts) != simdjson::SUCCESS || parts.size() != 2 ||
            parts.at(0).get(spelling) != simdjson::SUCCESS ||
            parts.at(1).get(score) != simdjson::SUCCESS) {
            return fail("{}[{}] is not a token with its score", where, id);
        }
        if (Status added = source.vocabulary->add_again(spelling, id); !added) {
            return fail("{}: {}", where, added.message());
        }
        scores.push_back(score);
    }
    return scores;
}

}  // namespace

SubwordModelPointer make_unigram(const Vocabulary& vocabulary, UnigramSettings settings) {
    return std::make_unique<Unigram>(vocabulary, std::move(settings));
}

Result<SubwordModelPointer> make_unigram(const ModelSource& source) {
    UnigramSettings settings;
    FOVEA_TRY(settings.scores, read_scores(source));
    FOVEA_TRY(const std::int64_t unknown,
              source.of("unk_id").integer_or("unk_id", Vocabulary::none));
    if (unknown != Vocabulary::none && !source.vocabulary->holds(unknown)) {
        return fail("{} {} is not in the vocabulary", source.section.path("unk_id"), unknown);
    }
    settings.unknown = static_cast<std::int32_t>(unknown);
    FOVEA_TRY(settings.byte_fallback, source.of("byte_fallback").flag_or("byte_fallback", false));
    return make_unigram(*source.vocabulary, std::move(settings));
}

}  // namespace fovea::text
