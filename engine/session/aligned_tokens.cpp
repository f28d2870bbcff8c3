#include "engine/session/aligned_tokens.h"

#include <algorithm>

namespace fovea {
namespace {

constexpr size_t most_cells = size_t{1} << 20;
constexpr int equal_pair = 1, unequal_pair = -1, no_partner = -1;

/// What the best alignment of two beginnings ends with.
enum class Last : std::uint8_t { pair, of_a, of_b };

/// Aligns what lies between equal ends.
void align(std::span<const Token> a, std::span<const Token> b, size_t a_begins, size_t b_begins,
           TokenAlignment& aligned) {
    const size_t rows = a.size() + 1, columns = b.size() + 1;
    if (a.empty() || b.empty() || rows * columns > most_cells) return;
    std::vector<int> above(columns), score(columns);
    std::vector<Last> last(rows * columns, Last::of_b);
    for (size_t j = 0; j < columns; ++j)
        score[j] = no_partner * static_cast<int>(j);
    for (size_t i = 1; i < rows; ++i) {
        std::swap(above, score);
        score[0] = no_partner * static_cast<int>(i);
        last[i * columns] = Last::of_a;
        for (size_t j = 1; j < columns; ++j) {
            const int pair =
                above[j - 1] + (a[i - 1].id == b[j - 1].id ? equal_pair : unequal_pair);
            const int of_a = above[j] + no_partner, of_b = score[j - 1] + no_partner;
            score[j] = std::max({pair, of_a, of_b});
            last[i * columns + j] = score[j] == of_a   ? Last::of_a
                                    : score[j] == of_b ? Last::of_b
                                                       : Last::pair;
        }
    }
    for (size_t i = a.size(), j = b.size(); i > 0 || j > 0;) {
        const Last step = last[i * columns + j];
        if (step != Last::of_b) --i;
        if (step != Last::of_a) --j;
        if (step == Last::pair) aligned[a_begins + i] = static_cast<Index>(b_begins + j);
    }
}

}  // namespace

TokenAlignment aligned_tokens(std::span<const Token> a, std::span<const Token> b) {
    TokenAlignment aligned(a.size());
    const size_t shorter = std::min(a.size(), b.size());
    size_t begin = 0;
    while (begin < shorter && a[begin].id == b[begin].id) {
        aligned[begin] = static_cast<Index>(begin);
        ++begin;
    }
    size_t end = 0;
    while (end < shorter - begin && a[a.size() - 1 - end].id == b[b.size() - 1 - end].id) {
        aligned[a.size() - 1 - end] = static_cast<Index>(b.size() - 1 - end);
        ++end;
    }
    align(a.subspan(begin, a.size() - begin - end), b.subspan(begin, b.size() - begin - end), begin,
          begin, aligned);
    return aligned;
}

TokenAlignment equal_tokens(std::span<const Token> a, std::span<const Token> b) {
    TokenAlignment aligned = aligned_tokens(a, b);
    for (size_t i = 0; i < a.size(); ++i)
        if (aligned[i] && a[i].id != b[static_cast<size_t>(*aligned[i])].id) aligned[i].reset();
    return aligned;
}

TokenAlignment turned_round(const TokenAlignment& alignment, Index count) {
    TokenAlignment turned(static_cast<size_t>(count));
    for (size_t i = 0; i < alignment.size(); ++i)
        if (alignment[i]) turned[static_cast<size_t>(*alignment[i])] = static_cast<Index>(i);
    return turned;
}

}  // namespace fovea
