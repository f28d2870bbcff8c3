#include <algorithm>
#include <array>

#include "engine/text/flat_map.h"
#include "engine/text/models/subword_models.h"

namespace fovea::text {
namespace {

struct Merge {
    std::uint32_t rank = 0;
    std::int32_t id = Vocabulary::none;
};

std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
    return std::uint64_t{static_cast<std::uint32_t>(left)} << 32 |
           static_cast<std::uint32_t>(right);
}

/// One word on its way from characters to tokens: a linked list of symbols, and a heap of the
/// pairs that may merge, so that a word of n characters takes n log n steps. Reused from word to
/// word for its memory.
class Word {
  public:
    explicit Word(const FlatMap<Merge>& merges) : merges_(merges) {}

    void clear() { symbols_.clear(); }

    void add(std::int32_t id, std::uint32_t begin, std::uint32_t end) {
        const auto place = static_cast<std::int32_t>(symbols_.size());
        symbols_.push_back({id, begin, end, place - 1, place + 1});
    }

    /// Sennrich et al. 2016: the pair that was learnt first merges first, the leftmost of equals.
    void merge_all() {
        if (symbols_.size() < 2) return;
        symbols_.back().next = Vocabulary::none;
        candidates_.clear();
        for (size_t i = 0; i + 1 < symbols_.size(); ++i) {
            propose(static_cast<std::int32_t>(i), [](auto&) {});
        }
        std::make_heap(candidates_.begin(), candidates_.end(), later);
        while (!candidates_.empty()) {
            std::pop_heap(candidates_.begin(), candidates_.end(), later);
            const Candidate best = candidates_.back();
            candidates_.pop_back();
            merge(best);
        }
    }

    void append_to(std::vector<Subword>& found) const {
        for (const Symbol& symbol : symbols_) {
            if (symbol.id != Vocabulary::none)
                found.push_back({symbol.id, symbol.begin, symbol.end});
        }
    }

  private:
    struct Symbol {
        std::int32_t id;  // none: merged into the one before
        std::uint32_t begin;
        std::uint32_t end;
        std::int32_t previous;
        std::int32_t next;
    };
    struct Candidate {
        std::uint64_t order;  // rank, then place
        std::int32_t id;      // of what comes out
        std::int32_t place() const { return static_cast<std::int32_t>(order & 0xFFFFFFFF); }
    };
    static bool later(const Candidate& a, const Candidate& b) { return a.order > b.order; }

    Symbol& at(std::int32_t place) { return symbols_[static_cast<size_t>(place)]; }

    template <class Sift>
    void propose(std::int32_t place, const Sift& sift) {
        const Symbol& left = at(place);
        const Merge* merge = merges_.find(pair_key(left.id, at(left.next).id));
        if (!merge) return;
        candidates_.push_back(
            {std::uint64_t{merge->rank} << 32 | static_cast<std::uint32_t>(place), merge->id});
        sift(candidates_);
    }

    void merge(const Candidate& best) {
        Symbol& left = at(best.place());
        if (left.id == Vocabulary::none || left.next == Vocabulary::none) return;
        Symbol& right = at(left.next);
        // The pair may have changed since it was proposed. What counts, as in the reference, is
        // that it still comes out as the same token.
        const Merge* merge = merges_.find(pair_key(left.id, right.id));
        if (!merge || merge->id != best.id) return;
        left.id = best.id;
        left.end = right.end;
        left.next = right.next;
        right.id = Vocabulary::none;
        if (left.next != Vocabulary::none) at(left.next).previous = best.place();
        const auto sift = [](auto& heap) { std::push_heap(heap.begin(), heap.end(), later); };
        if (left.previous != Vocabulary::none) propose(left.previous, sift);
        if (left.next != Vocabulary::none) propose(best.place(), sift);
    }

    const FlatMap<Merge>& merges_;
    std::vector<Symbol> symbols_;
    std::vector<Candidate> candidates_;
};

class BytePairEncoding final : public SubwordModel {
  public:
    BytePairEncoding(std::shared_ptr<const Vocabulary> vocabulary, FlatMap<Merge> merges,
                     BytePairSettings settings)
        : vocabulary_(std::move(vocabulary)),
          merges_(std::move(merges)),
          settings_(std::move(settings)) {
        for (size_t byte = 0; byte < 256; ++byte) {
            byte_tokens_[byte] = vocabulary_->find(fmt::format("<0x{:02X}>", byte));
        }
    }

    std::string_view continuing_prefix() const override { return settings_.prefix; }
    std::string_view ending_suffix() const override { return settings_.suffix; }

    Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const override {
        Word word(merges_);
        for (const PieceRange piece : pieces.ranges) {
            if (settings_.ignore_merges) {
                const std::int32_t whole = vocabulary_->find(pieces.view(piece));
                if (whole != Vocabulary::none) {
                    found.push_back({whole, piece.begin, piece.end});
                    continue;
                }
            }
            word.clear();
            spell(pieces.text.text(), piece, word);
            word.merge_all();
            word.append_to(found);
        }
        return {};
    }

  private:
    std::int32_t symbol(std::string_view text, PieceRange piece, PieceRange character) const {
        const std::string_view spelling =
            text.substr(character.begin, character.end - character.begin);
        const bool continues = character.begin != piece.begin && !settings_.prefix.empty();
        const bool ends = character.end == piece.end && !settings_.suffix.empty();
        if (!continues && !ends) return vocabulary_->find(spelling);
        std::string whole = continues ? settings_.prefix : "";
        whole += spelling;
        if (ends) whole += settings_.suffix;
        return vocabulary_->find(whole);
    }

    bool add_bytes(std::string_view text, PieceRange character, Word& word) const {
        const auto token = [&](std::uint32_t i) {
            return byte_tokens_[static_cast<unsigned char>(text[i])];
        };
        for (std::uint32_t i = character.begin; i < character.end; ++i) {
            if (token(i) == Vocabulary::none) return false;
        }
        for (std::uint32_t i = character.begin; i < character.end; ++i) {
            word.add(token(i), i, i + 1);
        }
        return true;
    }

    // Characters to symbols; what the vocabulary does not have becomes bytes, or unknown, or (as
    // in the reference, where there is no token for it) nothing.
    void spell(std::string_view text, PieceRange piece, Word& word) const {
        PieceRange unknown{};  // what waits to be added as unknown; empty: nothing
        const auto flush = [&] {
            if (unknown.begin < unknown.end) {
                word.add(settings_.unknown, unknown.begin, unknown.end);
            }
            unknown = {};
        };
        for (std::uint32_t i = piece.begin; i < piece.end;) {
            const PieceRange character{i, i + character_at(text, i).bytes};
            i = character.end;
            const std::int32_t id = symbol(text, piece, character);
            if (id != Vocabulary::none) {
                flush();
                word.add(id, character.begin, character.end);
                continue;
            }
            if (settings_.byte_fallback && add_bytes(text, character, word)) continue;
            if (settings_.unknown == Vocabulary::none) continue;
            if (settings_.fuse_unknown && unknown.begin < unknown.end) {
                unknown.end = character.end;
            } else {
                flush();
                unknown = character;
            }
        }
        flush();
    }

    std::shared_ptr<const Vocabulary> vocabulary_;
    FlatMap<Merge> merges_;
    BytePairSettings settings_;
    std::array<std::int32_t, 256> byte_tokens_{};  // "<0x00>" and so on, where there
};

// "a b" or ["a", "b"].
Result<TokenPair> read_pair(simdjson::dom::element element, const std::string& where) {
    TokenPair pair;
    std::string_view joined;
    if (element.get(joined) == simdjson::SUCCESS) {
        const size_t space = joined.find(' ');
        if (space != std::string_view::npos &&
            joined.find(' ', space + 1) == std::string_view::npos) {
            return TokenPair{joined.substr(0, space), joined.substr(space + 1)};
        }
        return fail("{}: \"{}\" is not two tokens with one space between", where, joined);
    }
    simdjson::dom::array parts;
    if (element.get(parts) == simdjson::SUCCESS && parts.size() == 2 &&
        parts.at(0).get(pair.left) == simdjson::SUCCESS &&
        parts.at(1).get(pair.right) == simdjson::SUCCESS) {
        return pair;
    }
    return fail("{} is not a pair of tokens", where);
}

Result<std::vector<TokenPair>> read_merges(const JsonSection& section) {
    FOVEA_TRY(const simdjson::dom::array elements, section.array("merges"));
    std::vector<TokenPair> merges;
    merges.reserve(elements.size());
    for (const simdjson::dom::element element : elements) {
        std::string_view comment;
        if (element.get(comment) == simdjson::SUCCESS && comment.starts_with("#version")) continue;
        Result<TokenPair> pair = read_pair(element, "");
        if (!pair) {
            const auto where = fmt::format("{}[{}]", section.path("merges"), merges.size());
            return read_pair(element, where).error();
        }
        merges.push_back(*pair);
    }
    return merges;
}

}  // namespace

Result<SubwordModelPointer> make_byte_pair_encoding(std::shared_ptr<const Vocabulary> vocabulary,
                                                    const std::vector<TokenPair>& merges,
                                                    BytePairSettings settings) {
    FlatMap<Merge> table;
    table.reserve(merges.size());
    const std::string_view prefix = settings.prefix;
    std::string joined;
    std::uint32_t rank = 0;
    for (const auto& [left, right] : merges) {
        joined.assign(left).append(
            right.substr(right.starts_with(prefix) ? prefix.size() : size_t{0}));
        const std::int32_t left_id = vocabulary->find(left);
        const std::int32_t right_id = vocabulary->find(right);
        const std::int32_t id = vocabulary->find(joined);
        if (left_id == Vocabulary::none || right_id == Vocabulary::none || id == Vocabulary::none) {
            return fail("merges[{}] names \"{}\", which is not in the vocabulary", rank,
                        left_id == Vocabulary::none    ? left
                        : right_id == Vocabulary::none ? right
                                                       : std::string_view(joined));
        }
        table[pair_key(left_id, right_id)] = {rank++, id};
    }
    return SubwordModelPointer(std::make_unique<BytePairEncoding>(
        std::move(vocabulary), std::move(table), std::move(settings)));
}

Result<SubwordModelPointer> make_byte_pair_encoding(const ModelSource& source) {
    const JsonSection& section = source.section;
    if (const auto dropout = source.of("dropout").find("dropout")) {
        double share = 1;
        if (dropout->get(share) != simdjson::SUCCESS || share != 0) {
            return fail("{}: merging at random is not supported", section.path("dropout"));
        }
    }
    FOVEA_CHECK(read_vocabulary(section, *source.vocabulary));
    BytePairSettings settings;
    FOVEA_TRY(settings.prefix,
              source.of("continuing_subword_prefix").text_or("continuing_subword_prefix", ""));
    FOVEA_TRY(settings.suffix, source.of("end_of_word_suffix").text_or("end_of_word_suffix", ""));
    FOVEA_TRY(settings.unknown, read_token(source, "unk_token"));
    FOVEA_TRY(settings.fuse_unknown, source.of("fuse_unk").flag_or("fuse_unk", false));
    FOVEA_TRY(settings.byte_fallback, source.of("byte_fallback").flag_or("byte_fallback", false));
    FOVEA_TRY(settings.ignore_merges, source.of("ignore_merges").flag_or("ignore_merges", false));
    FOVEA_TRY(const std::vector<TokenPair> merges, read_merges(section));
    auto made = make_byte_pair_encoding(source.vocabulary, merges, std::move(settings));
    if (!made) return fail("{}", section.path(made.message()));
    return made;
}

}  // namespace fovea::text
