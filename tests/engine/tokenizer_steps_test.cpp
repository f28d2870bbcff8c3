// The steps before the model, one at a time: normalisers, and what cuts a text into pieces.

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <random>

#include "engine/text/steps/canonical_forms.h"
#include "engine/text/steps/normalizer.h"
#include "engine/text/steps/pre_tokenizer.h"
#include "tests/engine/tokenizer_testing.h"

namespace fovea::text {
namespace {

/// A JSON object that lives as long as its parser.
struct Json {
    simdjson::dom::parser parser;
    JsonSection section;

    explicit Json(std::string_view json) : section(parse(json), "test") {}
    simdjson::dom::object parse(std::string_view json) {
        simdjson::dom::object object;
        EXPECT_EQ(parser.parse(simdjson::padded_string(json)).get(object), simdjson::SUCCESS);
        return object;
    }
};

/// Every character of the text with the bytes that were typed for it.
Tokens characters(const AlignedText& text) {
    Tokens found;
    for (size_t i = 0; i < text.size();) {
        const size_t end = i + character_at(text.text(), i).bytes;
        const SourceRange source = text.source(i, end);
        found.push_back({std::string(text.text().substr(i, end - i)), source.begin, source.end});
        i = end;
    }
    return found;
}

Tokens normalized(std::string_view json, std::string_view typed) {
    const Json read(json);
    const auto normalizer = make_normalizer(read.section);
    AlignedText text(typed, 0);
    EXPECT_TRUE(normalizer.ok() && (*normalizer)->apply(text).ok());
    return characters(text);
}

Tokens pieces(std::string_view json, std::string_view typed) {
    const Json read(json);
    const auto cutter = make_pre_tokenizer(read.section);
    Pieces cut{AlignedText(typed, 0), {{0, static_cast<std::uint32_t>(typed.size())}}};
    EXPECT_TRUE(cutter.ok() && (*cutter)->apply(cut).ok());
    Tokens found;
    for (const PieceRange range : cut.ranges) {
        const SourceRange source = cut.text.source(range.begin, range.end);
        found.push_back({std::string(cut.view(range)), source.begin, source.end});
    }
    return found;
}

TEST(Normalizers, UnicodeForms) {
    // A composed character belongs to the first of those that it was made of.
    EXPECT_EQ(normalized(R"({"type": "NFC"})", "e\u0301x"), (Tokens{{"é", 0, 1}, {"x", 3, 4}}));
    EXPECT_EQ(normalized(R"({"type": "NFD"})", "é"), (Tokens{{"e", 0, 2}, {"\u0301", 0, 2}}));
    EXPECT_EQ(normalized(R"({"type": "NFKC"})", "ﬁ"), (Tokens{{"f", 0, 3}, {"i", 0, 3}}));
    EXPECT_EQ(normalized(R"({"type": "NFKD"})", "②"), (Tokens{{"2", 0, 3}}));
    EXPECT_EQ(normalized(R"({"type": "NFD"})", "한"),
              (Tokens{{"\u1112", 0, 3}, {"\u1161", 0, 3}, {"\u11AB", 0, 3}}));
}

// The forms themselves against ICU's own, on sequences full of marks, Hangul and ligatures.
TEST(Normalizers, UnicodeFormsAgreeWithIcu) {
    std::mt19937 random(7);
    const std::u32string alphabet =
        U"aeo ZÅéñẛﬁ①Ǻ한\u1100\u1161\u11A8글が\u3099カﾞ\u0300\u0301\u0323\u0327\u0345\u0308\u093C"
        U"\u0915\u0958\u1E9B\uFDFAΩ\u2126\u212B𝔘\U0001D15E\u0F73\u0F71\u0344";
    for (int round = 0; round < 3000; ++round) {
        std::string typed;
        for (size_t length = random() % 12; length > 0; --length) {
            append_utf8(typed, alphabet[random() % alphabet.size()]);
        }
        UErrorCode status = U_ZERO_ERROR;
        const auto icu = icu::UnicodeString::fromUTF8(typed);
        const auto expected = [&](const icu::Normalizer2* form) {
            std::string result;
            form->normalize(icu, status).toUTF8String(result);
            return result;
        };
        const auto own = [&](const char* type) {
            std::string result;
            const std::string json = std::string(R"({"type": ")") + type + "\"}";
            for (const ExpectedToken& character : normalized(json, typed))
                result += character.text;
            return result;
        };
        ASSERT_EQ(own("NFC"), expected(icu::Normalizer2::getNFCInstance(status)));
        ASSERT_EQ(own("NFD"), expected(icu::Normalizer2::getNFDInstance(status)));
        ASSERT_EQ(own("NFKC"), expected(icu::Normalizer2::getNFKCInstance(status)));
        ASSERT_EQ(own("NFKD"), expected(icu::Normalizer2::getNFKDInstance(status)));
    }
}

TEST(Normalizers, CaseAndAccents) {
    EXPECT_EQ(normalized(R"({"type": "Lowercase"})", "ÄΣ"), (Tokens{{"ä", 0, 2}, {"σ", 2, 4}}));
    EXPECT_EQ(normalized(R"({"type": "Lowercase"})", "İx"),
              (Tokens{{"i", 0, 2}, {"\u0307", 0, 2}, {"x", 2, 3}}));
    EXPECT_EQ(normalized(R"({"type": "StripAccents"})", "e\u0301x"),
              (Tokens{{"e", 0, 1}, {"x", 3, 4}}));
}

TEST(Normalizers, ReplacePrependStrip) {
    EXPECT_EQ(
        normalized(R"({"type": "Replace", "pattern": {"String": "ab"}, "content": "xyz"})", "cabd"),
        (Tokens{{"c", 0, 1}, {"x", 2, 3}, {"y", 2, 3}, {"z", 2, 3}, {"d", 3, 4}}));
    EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "})",
                         "a   é"),
              (Tokens{{"a", 0, 1}, {" ", 3, 4}, {"é", 4, 6}}));
    EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"Regex": "\\p{Lu}"}, "content": ""})",
                         "aÄ🙂B"),
              (Tokens{{"a", 0, 1}, {"🙂", 3, 7}}));
    EXPECT_EQ(normalized(R"({"type": "Prepend", "prepend": "▁"})", "é"),
              (Tokens{{"▁", 0, 2}, {"é", 0, 2}}));
    EXPECT_TRUE(normalized(R"({"type": "Prepend", "prepend": "▁"})", "").empty());
    EXPECT_EQ(
        normalized(R"({"type": "Strip", "strip_left": true, "strip_right": true})", "\u3000 a b\n"),
        (Tokens{{"a", 4, 5}, {" ", 5, 6}, {"b", 6, 7}}));
    EXPECT_TRUE(normalized(R"({"type": "Strip"})", "  ").empty());
}

TEST(Normalizers, NmtAndBytes) {
    EXPECT_EQ(normalized(R"({"type": "Nmt"})", "a\u0001\n\u200bb"),
              (Tokens{{"a", 0, 1}, {" ", 2, 3}, {" ", 3, 6}, {"b", 6, 7}}));
    EXPECT_EQ(normalized(R"({"type": "ByteLevel"})", " é"),
              (Tokens{{"Ġ", 0, 1}, {"Ã", 1, 3}, {"©", 1, 3}}));
}

TEST(Splits, TreatDelimitersInFiveWays) {
    const auto split = [](const char* behavior, const char* typed, const char* invert = "false") {
        const std::string json = std::string(R"({"type": "Split", "pattern": {"String": "-"}, )") +
                                 R"("behavior": ")" + behavior + R"(", "invert": )" + invert + "}";
        std::vector<std::string> found;
        for (const ExpectedToken& piece : pieces(json, typed))
            found.push_back(piece.text);
        return found;
    };
    using Texts = std::vector<std::string>;
    const char* typed = "the-final--countdown";
    EXPECT_EQ(split("Removed", typed), (Texts{"the", "final", "countdown"}));
    EXPECT_EQ(split("Isolated", typed), (Texts{"the", "-", "final", "-", "-", "countdown"}));
    EXPECT_EQ(split("MergedWithPrevious", typed), (Texts{"the-", "final-", "-", "countdown"}));
    EXPECT_EQ(split("MergedWithNext", typed), (Texts{"the", "-final", "-", "-countdown"}));
    EXPECT_EQ(split("Contiguous", typed), (Texts{"the", "-", "final", "--", "countdown"}));
    EXPECT_EQ(split("Removed", typed, "true"), (Texts{"-", "-", "-"}));
    EXPECT_EQ(split("MergedWithPrevious", "-a-"), (Texts{"-", "a-"}));
    EXPECT_EQ(split("MergedWithNext", "-a-"), (Texts{"-a", "-"}));
}

TEST(Splits, RegularExpressionsCountInBytes) {
    const char* json =
        R"({"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}"}, "behavior": "Isolated"})";
    EXPECT_EQ(pieces(json, "🙂1234é"),
              (Tokens{{"🙂", 0, 4}, {"123", 4, 7}, {"4", 7, 8}, {"é", 8, 10}}));
}

TEST(Splits, ByCharacter) {
    EXPECT_EQ(pieces(R"({"type": "Whitespace"})", "a_b-- c"),
              (Tokens{{"a_b", 0, 3}, {"--", 3, 5}, {"c", 6, 7}}));
    EXPECT_EQ(pieces(R"({"type": "WhitespaceSplit"})", "a-b\u3000 c"),
              (Tokens{{"a-b", 0, 3}, {"c", 7, 8}}));
    EXPECT_EQ(pieces(R"({"type": "Digits", "individual_digits": true})", "a12"),
              (Tokens{{"a", 0, 1}, {"1", 1, 2}, {"2", 2, 3}}));
    EXPECT_EQ(pieces(R"({"type": "Digits", "individual_digits": false})", "a12b"),
              (Tokens{{"a", 0, 1}, {"12", 1, 3}, {"b", 3, 4}}));
    EXPECT_EQ(pieces(R"({"type": "Punctuation"})", "a!?"),
              (Tokens{{"a", 0, 1}, {"!", 1, 2}, {"?", 2, 3}}));
    EXPECT_EQ(pieces(R"({"type": "CharDelimiterSplit", "delimiter": "|"})", "a||b"),
              (Tokens{{"a", 0, 1}, {"b", 3, 4}}));
    EXPECT_EQ(pieces(R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
                                                               {"type": "Punctuation"}]})",
                     "a b!"),
              (Tokens{{"a", 0, 1}, {"b", 2, 3}, {"!", 3, 4}}));
}

TEST(Splits, Metaspace) {
    EXPECT_EQ(
        pieces(R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"})", "a  b"),
        (Tokens{{"▁a", 0, 1}, {"▁", 1, 2}, {"▁b", 2, 4}}));
    EXPECT_EQ(
        pieces(R"({"type": "Metaspace", "replacement": "▁", "add_prefix_space": false})", "a b"),
        (Tokens{{"a", 0, 1}, {"▁b", 1, 3}}));
    EXPECT_EQ(pieces(R"({"type": "Metaspace", "prepend_scheme": "first", "split": false})", "a b"),
              (Tokens{{"▁a▁b", 0, 3}}));
    EXPECT_EQ(pieces(R"({"type": "Metaspace"})", " a"), (Tokens{{"▁a", 0, 2}}));
}

TEST(Splits, ByteLevelPutsASpaceInFront) {
    EXPECT_EQ(pieces(R"({"type": "ByteLevel", "add_prefix_space": true})", "é b"),
              (Tokens{{"ĠÃ©", 0, 2}, {"Ġb", 2, 4}}));
    EXPECT_EQ(
        pieces(R"({"type": "ByteLevel", "use_regex": false, "add_prefix_space": false})", "a b"),
        (Tokens{{"aĠb", 0, 3}}));
}

}  // namespace
}  // namespace fovea::text
