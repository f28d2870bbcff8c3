#include "app/panels/text_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace fovea::app {
namespace {

std::vector<std::string> places_of(const std::string& text, const std::string& words) {
    std::vector<std::string> result;
    for (const ByteRange& range : FoldedText(text).find(words))
        result.push_back(text.substr(range.begin, range.end - range.begin));
    return result;
}
using Strings = std::vector<std::string>;

TEST(TextSearch, TakesNoNoticeOfCase) {
    EXPECT_EQ(places_of("The cat, the CAT.", "cAt"), (Strings{"cat", "CAT"}));
    EXPECT_EQ(places_of("ΟΔΟΣ οδός", "οδος"), (Strings{"ΟΔΟΣ"})) << "an accent is another letter";
    EXPECT_EQ(places_of("Straße STRASSE", "strasse"), (Strings{"Straße", "STRASSE"}));
    EXPECT_EQ(places_of("ИВАН Иван", "иван"), (Strings{"ИВАН", "Иван"}));
}

TEST(TextSearch, KnowsOneCharacterWrittenTwoWays) {
    const std::string composed = "caf\u00e9", apart = "cafe\u0301";
    EXPECT_EQ(places_of(composed + " " + apart, "CAF\u00c9"), (Strings{composed, apart}));
    EXPECT_EQ(places_of(composed + " " + apart, "cafe"), Strings{}) << "e is not é";
    EXPECT_EQ(places_of("ＡＢＣ abc", "abc"), (Strings{"ＡＢＣ", "abc"}));
    EXPECT_EQ(places_of("각 \u1100\u1161\u11a8", "각"), (Strings{"각", "\u1100\u1161\u11a8"}));
}

TEST(TextSearch, FindsInScriptsWithoutSpaces) {
    EXPECT_EQ(places_of("动物没有过街,因为动物太累了。", "动物"), (Strings{"动物", "动物"}));
    EXPECT_EQ(FoldedText("动物没有过街,因为动物太累了。").find("动物")[1], (ByteRange{25, 31}));
}

TEST(TextSearch, OneWhiteSpaceIsLikeAnother) {
    EXPECT_EQ(places_of("a\nb a\u00a0b a  b", "a b"), (Strings{"a\nb", "a\u00a0b"}));
}

TEST(TextSearch, FindsNothingForNothingAndNoneTwice) {
    EXPECT_EQ(places_of("abc", ""), Strings{});
    EXPECT_EQ(places_of("abc", "\u00ad"), Strings{}) << "a soft hyphen folds to nothing";
    EXPECT_EQ(places_of("", "a"), Strings{});
    EXPECT_EQ(places_of("aaaaa", "aa"), (Strings{"aa", "aa"}));
    EXPECT_EQ(places_of("\uFB01n", "f"), Strings{}) << "half of a ligature is no letter";
    EXPECT_EQ(places_of("\uFB01n", "fi"), (Strings{"\uFB01"}));
}

TEST(TextSearch, BrokenBytesFindThemselvesOnly) {
    EXPECT_EQ(places_of("a\xff\xfe"
                        "b\xff",
                        "\xff"),
              (Strings{"\xff", "\xff"}));
    EXPECT_EQ(places_of("\xf0\x9f", "?"), Strings{});
}

TEST(TextSearch, AgreesWithComparingAtEveryPlace) {
    std::mt19937 random(23);
    for (int trial = 0; trial < 400; ++trial) {
        std::string text, words;
        for (int i = 0; i < 300; ++i)
            text += "abAB "[random() % 5];
        for (unsigned i = 0; i < 1 + random() % 4; ++i)
            words += "abAB "[random() % 5];
        const auto low = [](std::string all) {
            std::transform(all.begin(), all.end(), all.begin(),
                           [](char c) { return static_cast<char>(std::tolower(c)); });
            return all;
        };
        std::vector<ByteRange> expected;
        for (size_t at = 0; at + words.size() <= text.size();) {
            if (low(text.substr(at, words.size())) == low(words)) {
                expected.push_back({at, at + words.size()});
                at += words.size();
            } else {
                ++at;
            }
        }
        ASSERT_EQ(FoldedText(text).find(words), expected) << text << " / " << words;
    }
}

TEST(TokensTouched, AreThoseThatShareAByte) {
    std::mt19937 random(29);
    for (int trial = 0; trial < 500; ++trial) {
        std::vector<ByteRange> tokens, ranges;
        tokens.push_back({0, 0});  // [CLS]
        for (size_t at = 0; at < 60;) {
            at += random() % 2;  // a space
            const size_t end = at + 1 + random() % 5;
            tokens.push_back({at, end});
            // A character that became three byte tokens: they share their bytes.
            if (random() % 5 == 0) tokens.insert(tokens.end(), 2, {at, end});
            at = end;
        }
        tokens.push_back({0, 0});  // [SEP]
        for (size_t at = random() % 6; at < 60; at += random() % 12) {
            ranges.push_back({at, at + 1 + random() % 4});
            at = ranges.back().end;
        }
        std::vector<TokenRange> expected;
        for (const ByteRange& range : ranges) {
            Index first = -1, last = -1;
            for (size_t i = 0; i < tokens.size(); ++i) {
                if (std::max(tokens[i].begin, range.begin) >= std::min(tokens[i].end, range.end))
                    continue;
                if (first < 0) first = static_cast<Index>(i);
                last = static_cast<Index>(i);
            }
            if (first >= 0) expected.push_back({Sentence::target, first, last});
        }
        ASSERT_EQ(tokens_touched(ranges, tokens, Sentence::target), expected);
    }
}

}  // namespace
}  // namespace fovea::app
