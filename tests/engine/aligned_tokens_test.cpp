#include "engine/session/aligned_tokens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace fovea {
namespace {

std::vector<Token> tokens_of(const std::vector<std::int32_t>& ids) {
    std::vector<Token> tokens;
    for (const std::int32_t id : ids) {
        tokens.emplace_back();
        tokens.back().id = id;
    }
    return tokens;
}

constexpr std::optional<Index> none = std::nullopt;

TEST(AlignedTokens, AWordInThePlaceOfAnotherIsAPairAndAnInsertedOneHasNone) {
    // When Mary and John went to the store , John gave ...; B: ... the old store , Mary gave ...
    const auto a = tokens_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 10, 11});
    const auto b = tokens_of({1, 2, 3, 4, 5, 6, 7, 20, 8, 9, 2, 10, 11});
    const TokenAlignment to_b = aligned_tokens(a, b);
    EXPECT_EQ(to_b, (TokenAlignment{0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12}));
    EXPECT_EQ(turned_round(to_b, 13), (TokenAlignment{0, 1, 2, 3, 4, 5, 6, none, 7, 8, 9, 10, 11}));
    EXPECT_EQ(aligned_tokens(b, a), turned_round(to_b, 13));
}

TEST(AlignedTokens, NothingAndEverything) {
    const auto some = tokens_of({1, 2, 3});
    EXPECT_EQ(aligned_tokens({}, {}), TokenAlignment{});
    EXPECT_EQ(aligned_tokens(some, {}), (TokenAlignment{none, none, none}));
    EXPECT_EQ(aligned_tokens({}, some), TokenAlignment{});
    EXPECT_EQ(aligned_tokens(some, some), (TokenAlignment{0, 1, 2}));
    // What is repeated is aligned once.
    EXPECT_EQ(aligned_tokens(tokens_of({7, 7}), tokens_of({7, 7, 7})), (TokenAlignment{0, 1}));
}

int score_of(const std::vector<Token>& a, const std::vector<Token>& b,
             const TokenAlignment& aligned) {
    int score = 0, pairs = 0;
    Index before = -1;
    for (size_t i = 0; i < a.size(); ++i) {
        if (!aligned[i]) continue;
        EXPECT_GT(*aligned[i], before) << "they cross";
        before = *aligned[i];
        score += a[i].id == b[static_cast<size_t>(before)].id ? 1 : -1;
        ++pairs;
    }
    return score - static_cast<int>(a.size() + b.size()) + 2 * pairs;
}

/// Every alignment there is, by recursion.
int best_score(const std::vector<Token>& a, const std::vector<Token>& b, size_t i, size_t j) {
    if (i == a.size()) return -static_cast<int>(b.size() - j);
    if (j == b.size()) return -static_cast<int>(a.size() - i);
    return std::max({best_score(a, b, i + 1, j + 1) + (a[i].id == b[j].id ? 1 : -1),
                     best_score(a, b, i + 1, j) - 1, best_score(a, b, i, j + 1) - 1});
}

TEST(AlignedTokens, NoAlignmentIsBetter) {
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::int32_t> a(random() % 8), b(random() % 8);
        for (auto* ids : {&a, &b})
            for (std::int32_t& id : *ids)
                id = static_cast<std::int32_t>(random() % 3);
        const auto first = tokens_of(a), second = tokens_of(b);
        EXPECT_EQ(score_of(first, second, aligned_tokens(first, second)),
                  best_score(first, second, 0, 0));
    }
}

TEST(AlignedTokens, OfVeryLongOnesTheEqualEndsAreAligned) {
    std::vector<std::int32_t> a(3000), b(3000);
    for (size_t i = 0; i < a.size(); ++i)
        a[i] = b[i] = static_cast<std::int32_t>(i);
    for (size_t i = 500; i < 2500; ++i)
        b[i] += 10000;
    const TokenAlignment aligned = aligned_tokens(tokens_of(a), tokens_of(b));
    EXPECT_EQ(aligned[499], 499);
    EXPECT_EQ(aligned[500], none);
    EXPECT_EQ(aligned[2500], 2500);
}

}  // namespace
}  // namespace fovea
