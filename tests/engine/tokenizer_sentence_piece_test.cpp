// SentencePiece's two models, byte-pair encoding with byte fallback and Unigram, small enough to
// follow by hand. 世 is E4 B8 96; 界 is E7 95 8C, of which the vocabulary has nothing.

#include "tests/engine/tokenizer_testing.h"

namespace fovea {
namespace {

constexpr std::string_view llama = R"({
  "added_tokens": [
    {"id": 0, "content": "<unk>", "special": true, "normalized": false},
    {"id": 1, "content": "<s>", "special": true, "normalized": false},
    {"id": 2, "content": "</s>", "special": true, "normalized": false}
  ],
  "normalizer": {"type": "Sequence", "normalizers": [
    {"type": "Prepend", "prepend": "▁"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
  "pre_tokenizer": null,
  "post_processor": {"type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
               {"Sequence": {"id": "A", "type_id": 0}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
  "decoder": {"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
  "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true,
    "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "<0xE4>": 3, "<0xB8>": 4, "<0x96>": 5, "<0x0A>": 6,
              "▁": 7, "a": 8, "b": 9, "▁a": 10, "▁ab": 11, "▁▁": 12},
    "merges": ["▁ a", "▁a b", ["▁", "▁"]]}
})";

TEST(ByteFallback, PutsAMarkInFrontThatWasNotTyped) {
    const auto tokenizer = tokenizer_of(llama);
    EXPECT_EQ(tokens_of(*tokenizer, "ab ab", true),
              (Tokens{{"<s>", 0, 0}, {"▁ab", 0, 2}, {"▁ab", 2, 5}}));
    EXPECT_EQ(tokens_of(*tokenizer, "b"), (Tokens{{"▁", 0, 1}, {"b", 0, 1}}));
    EXPECT_EQ(tokens_of(*tokenizer, "a   b"),
              (Tokens{{"▁a", 0, 1}, {"▁▁", 1, 3}, {"▁", 3, 4}, {"b", 4, 5}}));
    EXPECT_TRUE(tokens_of(*tokenizer, "").empty());
}

TEST(ByteFallback, SpellsWhatItDoesNotKnowInBytes) {
    const auto tokenizer = tokenizer_of(llama);
    EXPECT_EQ(
        tokens_of(*tokenizer, "a世\n"),
        (Tokens{
            {"▁a", 0, 1}, {"<0xE4>", 1, 4}, {"<0xB8>", 1, 4}, {"<0x96>", 1, 4}, {"<0x0A>", 4, 5}}));
}

TEST(ByteFallback, FusesWhatHasNoBytesEither) {
    const auto tokenizer = tokenizer_of(llama);
    EXPECT_EQ(tokens_of(*tokenizer, "a界界b"),
              (Tokens{{"▁a", 0, 1}, {"<unk>", 1, 7}, {"b", 7, 8}}));
    std::string apart(llama);
    apart.replace(apart.find("\"fuse_unk\": true"), 16, "\"fuse_unk\": false");
    EXPECT_EQ(tokens_of(*tokenizer_of(apart), "a界界b"),
              (Tokens{{"▁a", 0, 1}, {"<unk>", 1, 4}, {"<unk>", 4, 7}, {"b", 7, 8}}));
}

TEST(ByteFallback, KnowsSpecialsThatWereTyped) {
    const auto tokenizer = tokenizer_of(llama);
    // What follows a special is normalised anew.
    EXPECT_EQ(tokens_of(*tokenizer, "a</s>a"),
              (Tokens{{"▁a", 0, 1}, {"</s>", 1, 5}, {"▁a", 5, 6}}));
}

TEST(ByteFallback, ShowsSpacesAndBytes) {
    const auto tokenizer = tokenizer_of(llama);
    EXPECT_EQ(tokenizer->piece(10), " a");
    EXPECT_EQ(tokenizer->piece(3), "\\xE4");
    EXPECT_EQ(tokenizer->piece(6), "\n");
    EXPECT_EQ(tokenizer->piece(1), "<s>");
    EXPECT_EQ(token_label(*tokenizer, {12, "", 0, 0}), "␣␣");
    EXPECT_EQ(token_label(*tokenizer, {11, "", 0, 0}), "␣ab");
}

TEST(ByteFallback, ReadsAMillionCharactersAsOneWord) {
    const auto tokenizer = tokenizer_of(llama);
    std::string text;
    for (int i = 0; i < 250'000; ++i)
        text += "ab b";
    // "▁ab" is one token, each "▁bab" between is four, and the last "▁b" two.
    EXPECT_EQ(tokens_of(*tokenizer, text).size(), 1u + 249'999u * 4 + 2);
}

constexpr std::string_view unigram = R"({
  "normalizer": {"type": "NFKC"},
  "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
  "decoder": {"type": "Metaspace", "replacement": "▁"},
  "model": {"type": "Unigram", "unk_id": 0,
    "vocab": [["<unk>", 0], ["▁", -2], ["a", -3], ["b", -3], ["ab", -4], ["▁ab", -7], ["fi", -2],
              ["▁b", -4]]}
})";

TEST(Unigram, TakesTheBestOfAllCuts) {
    const auto tokenizer = tokenizer_of(unigram);
    // ▁ab: -7 as one, -6 as ▁ and ab, -8 as ▁, a and b.
    EXPECT_EQ(tokens_of(*tokenizer, "ab"), (Tokens{{"▁", 0, 1}, {"ab", 0, 2}}));
    // ▁b: -4 as one, -5 as two.
    EXPECT_EQ(tokens_of(*tokenizer, "ab b"), (Tokens{{"▁", 0, 1}, {"ab", 0, 2}, {"▁b", 2, 4}}));
}

TEST(Unigram, ShowsTheUnknownAsTyped) {
    const auto tokenizer = tokenizer_of(unigram);
    EXPECT_EQ(tokens_of(*tokenizer, "axxa"),
              (Tokens{{"▁", 0, 1}, {"a", 0, 1}, {"xx", 1, 3}, {"a", 3, 4}}));
    EXPECT_EQ((*tokenizer->encode("x", false)).back().id, 0);
}

TEST(Unigram, KnowsALigatureByItsLetters) {
    const auto tokenizer = tokenizer_of(unigram);
    EXPECT_EQ(tokens_of(*tokenizer, "ﬁb"), (Tokens{{"▁", 0, 3}, {"fi", 0, 3}, {"b", 3, 4}}));
}

}  // namespace
}  // namespace fovea
