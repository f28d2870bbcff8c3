#include "engine/session/moved_tokens.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

namespace fovea {
namespace {

/// [CLS], each word with the space before it, [SEP]; a word longer than six letters is cut there.
std::vector<Token> tokens_of_text(const std::string& text, bool specials = true) {
    std::vector<Token> tokens;
    const auto special = [&](std::int32_t id) { tokens.push_back({id, "", 0, 0, true}); };
    if (specials) special(1);
    for (size_t begin = 0; begin < text.size();) {
        size_t end = begin + 1;
        while (end < text.size() && text[end] != ' ' && end - begin < 6)
            ++end;
        const std::string word = text.substr(begin, end - begin);
        const auto id = static_cast<std::int32_t>(std::hash<std::string>()(word) % 100000 + 10);
        tokens.push_back({id, word, begin, end, false});
        begin = end;
    }
    if (specials) special(2);
    return tokens;
}

TokenMoves moves_of(const std::string& before, const std::string& after,
                    std::optional<size_t> caret = std::nullopt, bool specials = false) {
    const auto was = tokens_of_text(before, specials), is = tokens_of_text(after, specials);
    return moved_tokens({before, was}, {after, is}, caret);
}

constexpr std::nullopt_t gone = std::nullopt;

TEST(MovedTokensTest, WhatFollowsTheChangeMovesWithIt) {
    EXPECT_EQ(moves_of("one two six", "zero one two six"), (TokenMoves{1, 2, 3}))
        << "'one' is now ' one', all of its bytes but one more";
}

TEST(MovedTokensTest, AWordThatIsTakenAwayIsGone) {
    EXPECT_EQ(moves_of("one two six ten", "one six ten"), (TokenMoves{0, gone, 1, 2}));
    EXPECT_EQ(moves_of("one two six", ""), (TokenMoves{gone, gone, gone}));
    EXPECT_EQ(moves_of("one two", "red ball of wool"), (TokenMoves{gone, gone}));
}

TEST(MovedTokensTest, WithoutACaretWholeTokensAreTakenForWhatWentAway) {
    EXPECT_EQ(moves_of("w10 w12 w13", "w10 w13"), (TokenMoves{0, gone, 1}));
    EXPECT_EQ(moves_of("w10 w12 w13", "w10 w13", 4), (TokenMoves{0, gone, 1}));
}

TEST(MovedTokensTest, AWordThatGrowsByALetterStaysItself) {
    EXPECT_EQ(moves_of("a ball is", "a balls is"), (TokenMoves{0, 1, 2}));
    EXPECT_EQ(moves_of("a ball is", "a bal is"), (TokenMoves{0, 1, 2}));
    EXPECT_EQ(moves_of("I do", "I dog"), (TokenMoves{0, 1}));
}

TEST(MovedTokensTest, WhereTokensSplitOrMergeTheLargerHalfIsTheToken) {
    EXPECT_EQ(moves_of("so cats", "so ca ts"), (TokenMoves{0, 1}));
    EXPECT_EQ(moves_of("so abcde fg", "so abcdefg"), (TokenMoves{0, 1, 2}));
    EXPECT_EQ(moves_of("ab cd", "abcd"), (TokenMoves{gone, gone})) << "half of each is not more";
}

TEST(MovedTokensTest, TheCaretSaysWhichOfEqualWordsIsNew) {
    const std::string before = " a a a", after = " a a a a";
    EXPECT_EQ(moves_of(before, after), (TokenMoves{0, 1, 2}));
    EXPECT_EQ(moves_of(before, after, 2), (TokenMoves{1, 2, 3})) << "typed in front";
    EXPECT_EQ(moves_of(before, after, 4), (TokenMoves{0, 2, 3}));
    EXPECT_EQ(moves_of(after, before, 2), (TokenMoves{0, gone, 2 - 1, 2}))
        << "taken away behind the caret";
    EXPECT_EQ(moves_of(before, "something else", 3), (TokenMoves{gone, gone, gone}))
        << "a caret that says nothing of this change";
}

TEST(MovedTokensTest, AddedSpecialsKeepTheirEnds) {
    EXPECT_EQ(moves_of("one two", "one", gone, true), (TokenMoves{0, 1, gone, 2}));
    EXPECT_EQ(moves_of("one two", "", gone, true), (TokenMoves{0, gone, gone, 1}));
    EXPECT_EQ(moves_of("one", "ten one one", gone, true), (TokenMoves{0, 3, 4}));
}

/// Random insertions and removals against the definition: a byte that stood keeps its token.
TEST(MovedTokensTest, TokensOutsideOfTheChangeAlwaysFollowAndNoTwoBecomeOne) {
    std::mt19937 random(7);
    const auto letter = [&] { return "ab cde "[random() % 7]; };
    for (int round = 0; round < 2000; ++round) {
        std::string before;
        for (unsigned i = 0, length = random() % 30; i < length; ++i)
            before += letter();
        const size_t at = random() % (before.size() + 1);
        const size_t removed = random() % (before.size() - at + 1);
        std::string inserted;
        for (unsigned i = 0, length = random() % 8; i < length; ++i)
            inserted += letter();
        const std::string after = before.substr(0, at) + inserted + before.substr(at + removed);
        const auto was = tokens_of_text(before), is = tokens_of_text(after);
        const auto moves = moved_tokens({before, was}, {after, is}, at + inserted.size());
        ASSERT_EQ(moves.size(), was.size());
        std::optional<Index> last;
        for (size_t i = 0; i < was.size(); ++i) {
            if (!moves[i]) continue;
            EXPECT_TRUE(!last || *last < *moves[i]) << before << "|" << after;
            last = moves[i];
        }
        for (size_t i = 0; i < was.size(); ++i)
            for (size_t j = 0; j < is.size(); ++j) {
                const Token &a = was[i], &b = is[j];
                if (a.special || a.text != b.text) continue;
                const bool in_front = a.end <= at && b.begin == a.begin;
                const bool behind =
                    a.begin >= at + removed && b.begin == a.begin - removed + inserted.size();
                if (in_front || behind) {
                    EXPECT_EQ(moves[i], static_cast<Index>(j)) << before << "|" << after;
                }
            }
    }
}

TEST(MovedBlocksTest, BlocksFollowAndThoseOfTokensThatAreGoneGoToo) {
    const TokenMoves moves{0, 2, gone, 3};
    const std::vector<BlockEdit> blocks{
        {{0, 1}, 1, 3}, {{}, std::nullopt, 1}, {{}, 2, std::nullopt}, {{}, 1, 2}, {{}, 9, 0}};
    EXPECT_EQ(moved_blocks(blocks, {&moves}),
              (std::vector<BlockEdit>{{{0, 1}, 2, 3}, {{}, std::nullopt, 2}}));
}

TEST(MovedBlocksTest, EachPartFollowsItsOwnSentence) {
    const TokenMoves moves{1, 2, gone};
    const auto of = [](Part part, std::optional<Index> query, std::optional<Index> key) {
        return BlockEdit{{std::nullopt, std::nullopt, part}, query, key};
    };
    const std::vector<BlockEdit> blocks{of(Part::encoder, 0, 1), of(Part::decoder, 0, 1),
                                        of(Part::cross, 0, 1), of(Part::cross, 2, std::nullopt)};
    EXPECT_EQ(moved_blocks(blocks, {&moves, nullptr, true}),
              (std::vector<BlockEdit>{of(Part::encoder, 1, 2), of(Part::decoder, 0, 1),
                                      of(Part::cross, 0, 2), of(Part::cross, 2, std::nullopt)}));
    EXPECT_EQ(moved_blocks(blocks, {nullptr, &moves, true}),
              (std::vector<BlockEdit>{of(Part::encoder, 0, 1), of(Part::decoder, 1, 2),
                                      of(Part::cross, 1, 1)}));
}

TEST(MovedBlocksTest, ABlockOfNoPartIsSpelledOutWhereTheSentencesMoveApart) {
    const TokenMoves moves{1, 2};
    const std::vector<BlockEdit> everywhere{{{}, std::nullopt, 1}};
    const auto key_of = [](Part part, Index key) {
        return BlockEdit{{std::nullopt, std::nullopt, part}, std::nullopt, key};
    };
    EXPECT_EQ(moved_blocks(everywhere, {&moves, nullptr, true}),
              (std::vector<BlockEdit>{key_of(Part::encoder, 2), key_of(Part::decoder, 1),
                                      key_of(Part::cross, 2)}));
    const TokenMoves still{0, 1};
    EXPECT_EQ(moved_blocks(everywhere, {&still, nullptr, true}), everywhere);
}

TEST(TokensOfSameText, WhatIsOneTokenToBothIsTheSame) {
    const std::string text = "the old store";
    const auto token = [](size_t begin, size_t end, bool special = false) {
        Token made;
        made.begin = begin;
        made.end = end;
        made.special = special;
        return made;
    };
    // [CLS] the old st ore [SEP] beside "the", " old", " store".
    const std::vector<Token> a = {token(0, 0, true), token(0, 3),   token(4, 7),
                                  token(8, 10),      token(10, 13), token(13, 13, true)};
    const std::vector<Token> b = {token(0, 3), token(3, 7), token(7, 13)};
    EXPECT_EQ(tokens_of_same_text({text, a}, {text, b}),
              (TokenMoves{std::nullopt, 0, 1, std::nullopt, std::nullopt, std::nullopt}));
    EXPECT_EQ(tokens_of_same_text({text, b}, {text, a}), (TokenMoves{1, 2, std::nullopt}));
    EXPECT_EQ(tokens_of_same_text({text, a}, {text, a}), (TokenMoves{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(tokens_of_same_text({text, {}}, {text, a}), TokenMoves{});
}

}  // namespace
}  // namespace fovea
