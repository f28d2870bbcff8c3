// Byte-level byte-pair encoding, GPT-2's and RoBERTa's way, small enough to follow by hand. The
// letters: "Ġ" is a space, "Ċ" a newline, and 🙂 (F0 9F 99 82) is spelt "ðŁĻĤ".

#include "engine/text/piece_label.h"
#include "tests/engine/tokenizer_testing.h"

namespace fovea {
namespace {

constexpr std::string_view model = R"("model": {"type": "BPE",
    "vocab": {"a": 0, "b": 1, "Ġ": 2, "c": 3, "Ċ": 4, "ð": 5, "Ł": 6, "Ļ": 7, "Ĥ": 8,
              "ab": 9, "Ġab": 10, "Ġa": 11, "ðŁ": 12, "<s>": 13, "</s>": 14, "ĉ": 15, "'": 16,
              "t": 17, "'t": 18, "aa": 19, "aaa": 20},
    "merges": ["a b", "Ġ ab", "Ġ a", ["ð", "Ł"], "' t", "a a", "aa a"]})";

std::string gpt2() {
    return R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
               "post_processor": {"type": "ByteLevel", "trim_offsets": false},
               "decoder": {"type": "ByteLevel"}, )" +
           std::string(model) + "}";
}

std::string roberta() {
    return R"({"added_tokens": [
                 {"id": 13, "content": "<s>", "special": true},
                 {"id": 14, "content": "</s>", "special": true},
                 {"id": 21, "content": "<mask>", "special": true, "lstrip": true}],
               "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true},
               "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 14],
                                  "cls": ["<s>", 13], "trim_offsets": true,
                                  "add_prefix_space": true},
               "decoder": {"type": "ByteLevel"}, )" +
           std::string(model) + "}";
}

TEST(ByteLevel, MergesInTheOrderOfTheList) {
    const auto tokenizer = tokenizer_of(gpt2());
    // In " ab", "a b" comes before "Ġ a".
    EXPECT_EQ(tokens_of(*tokenizer, "ab ab ac"),
              (Tokens{{"ab", 0, 2}, {"Ġab", 2, 5}, {"Ġa", 5, 7}, {"c", 7, 8}}));
    EXPECT_EQ(tokens_of(*tokenizer, "aaaaa"), (Tokens{{"aa", 0, 2}, {"aaa", 2, 5}}));
}

TEST(ByteLevel, GivesEveryByteOfACharacterItsWholeSpan) {
    const auto tokenizer = tokenizer_of(gpt2());
    EXPECT_EQ(tokens_of(*tokenizer, "a🙂"),
              (Tokens{{"a", 0, 1}, {"ðŁ", 1, 5}, {"Ļ", 1, 5}, {"Ĥ", 1, 5}}));
}

TEST(ByteLevel, CutsAsGpt2Does) {
    const auto tokenizer = tokenizer_of(gpt2());
    // The last of several spaces goes with the word.
    EXPECT_EQ(tokens_of(*tokenizer, "a  ab"), (Tokens{{"a", 0, 1}, {"Ġ", 1, 2}, {"Ġab", 2, 5}}));
    EXPECT_EQ(tokens_of(*tokenizer, "a\n\tb"),
              (Tokens{{"a", 0, 1}, {"Ċ", 1, 2}, {"ĉ", 2, 3}, {"b", 3, 4}}));
    EXPECT_EQ(tokens_of(*tokenizer, "a't"), (Tokens{{"a", 0, 1}, {"'t", 1, 3}}));
    EXPECT_EQ(tokens_of(*tokenizer, "a "), (Tokens{{"a", 0, 1}, {"Ġ", 1, 2}}));
    EXPECT_TRUE(tokens_of(*tokenizer, "").empty());
}

TEST(ByteLevel, RobertaTrimsSpansAndSwallowsTheSpaceBeforeItsMask) {
    const auto tokenizer = tokenizer_of(roberta());
    EXPECT_EQ(
        tokens_of(*tokenizer, "ab <mask> ab", true),
        (Tokens{{"<s>", 0, 0}, {"Ġab", 0, 2}, {"<mask>", 3, 9}, {"Ġab", 10, 12}, {"</s>", 0, 0}}));
    EXPECT_EQ(tokenizer->mask_id(), 21);
    EXPECT_EQ(tokenizer->vocabulary_size(), 22);
}

TEST(ByteLevel, ShowsBytesAndSpaces) {
    const auto tokenizer = tokenizer_of(gpt2());
    EXPECT_EQ(tokenizer->piece(10), " ab");
    EXPECT_EQ(tokenizer->piece(12), "\\xF0\\x9F");
    EXPECT_EQ(tokenizer->piece(4), "\n");
    EXPECT_EQ(tokenizer->mask_id(), std::nullopt);
}

TEST(ByteLevel, LabelsAreShort) {
    const auto tokenizer = tokenizer_of(gpt2());
    const auto label = [&](std::int32_t id) { return token_label(*tokenizer, {id, "", 0, 0}); };
    EXPECT_EQ(label(10), "␣ab") << "\" ab\" and \"ab\" are told apart";
    EXPECT_EQ(label(2), "␣");
    EXPECT_EQ(label(4), "⏎");
    EXPECT_EQ(label(15), "⇥");
    EXPECT_EQ(label(12), "\\xF0\\x9F");
}

/// What is blank on paper has a sign, or its code where it is no space; between letters a joiner
/// stays, since it belongs to what is seen.
TEST(ByteLevel, LabelsShowWhatCannotBeSeen) {
    EXPECT_EQ(piece_label("\u00A0"), "⍽");
    EXPECT_EQ(piece_label(" \u00A0\u202F"), "␣⍽⍽");
    EXPECT_EQ(piece_label("\u200D"), "\\u200D");
    EXPECT_EQ(piece_label("\uFEFFa\u200B"), "\\uFEFFa\\u200B");
    EXPECT_EQ(piece_label("👨\u200D👩"), "👨\u200D👩");
    EXPECT_EQ(piece_label("\t\x07"), "⇥\\x07");
    EXPECT_EQ(piece_label("\x96\xF0"), "\x96\xF0") << "pieces of characters stay as they are";
    EXPECT_EQ(without_space("␣the"), "the");
    EXPECT_EQ(without_space("␣"), "␣");
    EXPECT_EQ(without_space("␣ 9"), "␣ 9") << "a space with its number";
}

TEST(ByteLevel, TakesTheWholePieceFirstWhereMergesMayBeIgnored) {
    std::string ignoring = gpt2();
    ignoring.replace(ignoring.find(R"("type": "BPE",)"), 14,
                     R"("type": "BPE", "ignore_merges": true,)");
    const auto tokenizer = tokenizer_of(ignoring);
    EXPECT_EQ(tokens_of(*tokenizer, "aaa"), (Tokens{{"aaa", 0, 3}}));
    // "aaaa" is no token, so merges go on.
    EXPECT_EQ(tokens_of(*tokenizer, "aaaa"), (Tokens{{"aa", 0, 2}, {"aa", 2, 4}}));
}

TEST(ByteLevel, ReadsAMillionCharactersWithoutASpace) {
    // A merge that looked at the whole word each time would take hours.
    const auto tokenizer = tokenizer_of(gpt2());
    EXPECT_EQ(tokens_of(*tokenizer, std::string(1'000'000, 'a')).size(), 500'000u);
    EXPECT_EQ(tokens_of(*tokenizer, std::string(1'000'000, ' ')).size(), 1'000'000u);
}

}  // namespace
}  // namespace fovea
