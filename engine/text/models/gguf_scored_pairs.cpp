#include "engine/text/models/gguf_scored_pairs.h"

#include <algorithm>
#include <array>
#include <bit>

#include "engine/text/unicode.h"

namespace fovea::text {
namespace {

/// A place in an order that puts high scores first: the bits of a float, turned so that they
/// compare as whole numbers.
std::uint32_t rank_of(float score) {
    const auto bits = std::bit_cast<std::uint32_t>(score + 0.0f);  // no negative zero
    return bits & 0x80000000u ? bits : ~bits & 0x7fffffffu;
}

/// One piece on its way from characters to tokens: a linked list of symbols and a heap of the
/// pairs that may merge, so that n characters take n log n steps.
class Merging {
  public:
    Merging(const ScoredPairs& pairs, std::string_view text) : pairs_(pairs), text_(text) {}

    void run(PieceRange piece) {
        symbols_.clear();
        candidates_.clear();
        for (std::uint32_t i = piece.begin; i < piece.end;) {
            const std::uint32_t end = i + character_at(text_, i).bytes;
            const auto place = static_cast<std::int32_t>(symbols_.size());
            symbols_.push_back({i, end, place - 1, place + 1});
            i = end;
        }
        if (symbols_.empty()) return;
        symbols_.back().next = Vocabulary::none;
        for (size_t i = 0; i + 1 < symbols_.size(); ++i)
            propose(static_cast<std::int32_t>(i));
        std::make_heap(candidates_.begin(), candidates_.end(), later);
        while (!candidates_.empty()) {
            std::pop_heap(candidates_.begin(), candidates_.end(), later);
            const Candidate best = candidates_.back();
            candidates_.pop_back();
            merge(best);
        }
    }

    /// Calls back with the ranges that are left, in order.
    template <class Function>
    void each(const Function& function) const {
        for (const Symbol& symbol : symbols_)
            if (symbol.begin < symbol.end) function(PieceRange{symbol.begin, symbol.end});
    }

  private:
    struct Symbol {
        std::uint32_t begin;
        std::uint32_t end;  // begin: merged into the one before
        std::int32_t previous;
        std::int32_t next;
    };
    struct Candidate {
        std::uint64_t order;  // rank, then place
        std::uint32_t end;    // of the text of both
        std::int32_t place() const { return static_cast<std::int32_t>(order & 0xffffffff); }
    };
    static bool later(const Candidate& a, const Candidate& b) { return a.order > b.order; }

    Symbol& at(std::int32_t place) { return symbols_[static_cast<size_t>(place)]; }

    bool propose(std::int32_t place) {
        const Symbol& left = at(place);
        const std::uint32_t end = at(left.next).end;
        const std::int32_t id = pairs_.vocabulary->find(text_.substr(left.begin, end - left.begin));
        if (id == Vocabulary::none || !pairs_.tokens[static_cast<size_t>(id)].merges) return false;
        const std::uint32_t rank = rank_of(pairs_.tokens[static_cast<size_t>(id)].score);
        candidates_.push_back({std::uint64_t{rank} << 32 | static_cast<std::uint32_t>(place), end});
        return true;
    }

    void merge(const Candidate& best) {
        Symbol& left = at(best.place());
        if (left.begin == left.end || left.next == Vocabulary::none) return;
        Symbol& right = at(left.next);
        if (right.end != best.end) return;  // one of the two has merged otherwise since
        left.end = right.end;
        left.next = right.next;
        right.end = right.begin;
        if (left.next != Vocabulary::none) at(left.next).previous = best.place();
        if (left.previous != Vocabulary::none && propose(left.previous)) sift();
        if (left.next != Vocabulary::none && propose(best.place())) sift();
    }

    void sift() { std::push_heap(candidates_.begin(), candidates_.end(), later); }

    const ScoredPairs& pairs_;
    std::string_view text_;
    std::vector<Symbol> symbols_;
    std::vector<Candidate> candidates_;
};

class ScoredPairEncoding final : public SubwordModel {
  public:
    explicit ScoredPairEncoding(ScoredPairs pairs) : pairs_(std::move(pairs)) {
        for (size_t byte = 0; byte < 256; ++byte)
            byte_tokens_[byte] = pairs_.vocabulary->find(fmt::format("<0x{:02X}>", byte));
    }

    Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const override {
        const std::string_view text = pieces.text.text();
        Merging merging(pairs_, text);
        for (const PieceRange piece : pieces.ranges) {
            merging.run(piece);
            merging.each([&](PieceRange range) { append(text, range, found); });
        }
        return {};
    }

  private:
    void append(std::string_view text, PieceRange range, std::vector<Subword>& found) const {
        const std::int32_t id =
            pairs_.vocabulary->find(text.substr(range.begin, range.end - range.begin));
        if (id != Vocabulary::none) {
            found.push_back({id, range.begin, range.end});
            return;
        }
        const size_t before = found.size();
        for (std::uint32_t i = range.begin; i < range.end; ++i) {
            const std::int32_t byte = byte_tokens_[static_cast<unsigned char>(text[i])];
            if (byte == Vocabulary::none) {
                found.resize(before);
                append_unknown(range, found);
                return;
            }
            found.push_back({byte, i, i + 1});
        }
    }

    /// Neighbours that are unknown become one.
    void append_unknown(PieceRange range, std::vector<Subword>& found) const {
        if (pairs_.unknown == Vocabulary::none) return;
        if (!found.empty() && found.back().id == pairs_.unknown && found.back().end == range.begin)
            found.back().end = range.end;
        else
            found.push_back({pairs_.unknown, range.begin, range.end});
    }

    ScoredPairs pairs_;
    std::array<std::int32_t, 256> byte_tokens_{};
};

}  // namespace

SubwordModelPointer make_scored_pairs(ScoredPairs pairs) {
    return std::make_unique<ScoredPairEncoding>(std::move(pairs));
}

}  // namespace fovea::text
