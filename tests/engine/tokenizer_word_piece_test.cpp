// WordPiece with BERT's normaliser, on a vocabulary small enough to follow by hand.

#include "tests/engine/tokenizer_testing.h"

namespace fovea {
namespace {

constexpr std::string_view bert = R"({
  "added_tokens": [
    {"id": 1, "content": "[UNK]", "special": true, "normalized": false},
    {"id": 2, "content": "[CLS]", "special": true, "normalized": false},
    {"id": 3, "content": "[SEP]", "special": true, "normalized": false},
    {"id": 4, "content": "[MASK]", "special": true, "normalized": false}
  ],
  "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                 "strip_accents": null, "lowercase": true},
  "pre_tokenizer": {"type": "BertPreTokenizer"},
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
               {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
    "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                       "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
  "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
  "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
    "max_input_chars_per_word": 100,
    "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "un": 5, "##aff": 6,
              "##able": 7, "naive": 8, "注": 9, "意": 10, "!": 11, "cafe": 12, "the": 13,
              "##s": 14, "i": 15}}
})";

TEST(WordPiece, TakesTheLongestPieceFirst) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "Unaffable"),
              (Tokens{{"un", 0, 2}, {"##aff", 2, 5}, {"##able", 5, 9}}));
}

TEST(WordPiece, IsUnknownAsAWholeWhereOnePartIs) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "unaffx the"), (Tokens{{"[UNK]", 0, 6}, {"the", 7, 10}}));
}

TEST(WordPiece, SplitsAtSignsAndSpaces) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, " the,\tthe!\n"),
              (Tokens{{"the", 1, 4}, {"[UNK]", 4, 5}, {"the", 6, 9}, {"!", 9, 10}}));
}

TEST(WordPiece, TakesAccentsOffAndPointsAtTheBytesThatHadThem) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "naïve"), (Tokens{{"naive", 0, 6}}));
    // The accent as a character of its own stands at bytes 4 and 5.
    EXPECT_EQ(tokens_of(*tokenizer, "cafe\u0301s"), (Tokens{{"cafe", 0, 4}, {"##s", 6, 7}}));
    EXPECT_EQ(tokens_of(*tokenizer, "\u0130"), (Tokens{{"i", 0, 2}}));
}

TEST(WordPiece, SetsChineseCharactersApart) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "注意力!"),
              (Tokens{{"注", 0, 3}, {"意", 3, 6}, {"[UNK]", 6, 9}, {"!", 9, 10}}));
}

TEST(WordPiece, DropsControlCharacters) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "t\x01he"), (Tokens{{"the", 0, 4}}));
    EXPECT_EQ(tokens_of(*tokenizer, "the\u200d"), (Tokens{{"the", 0, 3}}));
}

TEST(WordPiece, DoesNotCutWordsOfMoreThanAHundredCharacters) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "i" + std::string(99, 's')).size(), 100u);
    EXPECT_EQ(tokens_of(*tokenizer, "i" + std::string(100, 's')), (Tokens{{"[UNK]", 0, 101}}));
}

TEST(WordPiece, KnowsSpecialsThatWereTyped) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "the[MASK]the"),
              (Tokens{{"the", 0, 3}, {"[MASK]", 3, 9}, {"the", 9, 12}}));
    EXPECT_EQ(tokenizer->mask_id(), 4);
    EXPECT_FALSE((*tokenizer->encode("[MASK]", true))[1].special);
}

TEST(WordPiece, FramesTheSentence) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokens_of(*tokenizer, "the", true),
              (Tokens{{"[CLS]", 0, 0}, {"the", 0, 3}, {"[SEP]", 0, 0}}));
    EXPECT_EQ(tokens_of(*tokenizer, "", true), (Tokens{{"[CLS]", 0, 0}, {"[SEP]", 0, 0}}));
    const auto encoded = tokenizer->encode("the", true);
    EXPECT_TRUE((*encoded)[0].special);
    EXPECT_FALSE((*encoded)[1].special);
    EXPECT_EQ((*encoded)[2].id, 3);
}

TEST(WordPiece, ShowsPiecesWithoutTheirPrefix) {
    const auto tokenizer = tokenizer_of(bert);
    EXPECT_EQ(tokenizer->piece(6), "aff");
    EXPECT_EQ(tokenizer->piece(5), "un");
    EXPECT_EQ(tokenizer->piece(4), "[MASK]");
    EXPECT_EQ(tokenizer->piece(99), "");
    EXPECT_EQ(tokenizer->token_text(6), "##aff");
    EXPECT_EQ(tokenizer->token_id("##aff"), 6);
    EXPECT_EQ(tokenizer->token_id("aff"), std::nullopt);
    EXPECT_EQ(tokenizer->vocabulary_size(), 16);
}

TEST(WordPiece, KeepsTheCaseWhereTheFileSaysSo) {
    std::string cased(bert);
    cased.replace(cased.find("\"lowercase\": true"), 17, "\"lowercase\": false");
    const auto tokenizer = tokenizer_of(cased);
    EXPECT_EQ(tokens_of(*tokenizer, "the The"), (Tokens{{"the", 0, 3}, {"[UNK]", 4, 7}}));
    EXPECT_EQ(tokens_of(*tokenizer, "naïve"), (Tokens{{"[UNK]", 0, 6}}));
}

}  // namespace
}  // namespace fovea
