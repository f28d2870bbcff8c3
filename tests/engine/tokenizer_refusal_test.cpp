// What a tokenizer.json may not be, and what a text may not be: an error that names it, and no
// harm done.

#include <thread>

#include "tests/engine/tokenizer_testing.h"

namespace fovea {
namespace {

std::string tokenizer_refusal(std::string_view json) {
    const auto tokenizer = Tokenizer::parse(json, "spoilt.json");
    EXPECT_FALSE(tokenizer.ok()) << json;
    return tokenizer.ok() ? "" : tokenizer.message();
}

std::string with_model(std::string_view model) {
    return std::string(R"({"model": )") + std::string(model) + "}";
}

constexpr std::string_view words =
    R"({"type": "WordLevel", "vocab": {"a": 0, "?": 1}, "unk_token": "?"})";

std::string with(std::string_view part) {
    return "{" + std::string(part) + R"(, "model": )" + std::string(words) + "}";
}

TEST(Refusal, OfWhatIsNotJson) {
    EXPECT_NE(tokenizer_refusal("").find("spoilt.json: not readable as JSON"), std::string::npos);
    EXPECT_NE(tokenizer_refusal("{").find("not readable as JSON"), std::string::npos);
    EXPECT_NE(tokenizer_refusal("{\"a\": \"\xFF\"}").find("not readable as JSON"),
              std::string::npos);
    EXPECT_EQ(tokenizer_refusal("[]"), "spoilt.json: not a JSON object");
    EXPECT_NE(tokenizer_refusal(std::string(100'000, '[')).find("not readable as JSON"),
              std::string::npos);
    EXPECT_EQ(tokenizer_refusal("{}"), "spoilt.json: model is missing");
    EXPECT_EQ(tokenizer_refusal(R"({"model": 3})"),
              "spoilt.json: model is a number, not an object");
}

TEST(Refusal, OfAMissingFile) {
    const auto tokenizer = Tokenizer::load("/nowhere/tokenizer.json");
    ASSERT_FALSE(tokenizer.ok());
    EXPECT_EQ(tokenizer.message(), "/nowhere/tokenizer.json: no such file");
}

TEST(Refusal, NamesTheUnknownType) {
    EXPECT_EQ(tokenizer_refusal(with(R"("normalizer": {"type": "Upside"})")),
              "spoilt.json: normalizer: the normalizer \"Upside\" is not known");
    EXPECT_EQ(tokenizer_refusal(with(R"("normalizer": {"type": "Sequence", "normalizers": [
                  {"type": "NFC"}, {"type": "Upside"}]})")),
              "spoilt.json: normalizer.normalizers[1]: the normalizer \"Upside\" is not known");
    EXPECT_EQ(tokenizer_refusal(with(R"("pre_tokenizer": {"type": "FixedLength"})")),
              "spoilt.json: pre_tokenizer: the pre-tokenizer \"FixedLength\" is not known");
    EXPECT_EQ(tokenizer_refusal(with(R"("post_processor": {"type": "Bow"})")),
              "spoilt.json: post_processor: the post-processor \"Bow\" is not known");
    EXPECT_EQ(tokenizer_refusal(with_model(R"({"type": "Runes", "vocab": {"a": 0}})")),
              "spoilt.json: model: the model \"Runes\" is not known");
}

TEST(Refusal, OfWrongTypesAndMissingKeys) {
    EXPECT_EQ(tokenizer_refusal(with(R"("normalizer": {"type": 3})")),
              "spoilt.json: normalizer.type is a number, not a string");
    EXPECT_EQ(tokenizer_refusal(with(R"("normalizer": {"type": "Prepend"})")),
              "spoilt.json: normalizer.prepend is missing");
    EXPECT_EQ(tokenizer_refusal(with(R"("normalizer": {"type": "Sequence", "normalizers": [1]})")),
              "spoilt.json: normalizer.normalizers[0] is a number, not an object");
    EXPECT_EQ(
        tokenizer_refusal(with(R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}})"))
            .find("spoilt.json: pre_tokenizer.pattern: the regular expression"),
        0u);
    EXPECT_EQ(
        tokenizer_refusal(with(R"("pre_tokenizer": {"type": "Split", "pattern": {"String": "a"},
                  "behavior": "Lost"})")),
        "spoilt.json: pre_tokenizer.behavior \"Lost\" is not known");
    EXPECT_EQ(tokenizer_refusal(with(R"("added_tokens": [{"id": 0}])")),
              "spoilt.json: added_tokens[0].content is missing");
    EXPECT_EQ(
        tokenizer_refusal(with(R"("post_processor": {"type": "BertProcessing", "sep": ["a", 7],
                  "cls": ["a", 0]})")),
        "spoilt.json: post_processor.sep: the token 7 is not in the vocabulary");
    EXPECT_EQ(tokenizer_refusal(
                  with(R"("post_processor": {"type": "TemplateProcessing", "single": []})")),
              "spoilt.json: post_processor.single has the sentence 0 times, not once");
    EXPECT_EQ(tokenizer_refusal(with_model(R"({"type": "WordLevel", "vocab": {}})")),
              "spoilt.json: model.vocab is empty");
    EXPECT_EQ(tokenizer_refusal(with_model(R"({"type": "WordPiece", "vocab": {"a": 0}})")),
              "spoilt.json: model.unk_token is missing, and \"[UNK]\" is not in the vocabulary");
    EXPECT_EQ(tokenizer_refusal(with_model(R"({"type": "Unigram", "vocab": [["a"]]})")),
              "spoilt.json: model.vocab[0] is not a token with its score");
    EXPECT_EQ(
        tokenizer_refusal(with_model(R"({"type": "Unigram", "vocab": [["a", 0]], "unk_id": 9})")),
        "spoilt.json: model.unk_id 9 is not in the vocabulary");
}

TEST(Refusal, OfImpossibleIds) {
    const auto vocabulary = [](std::string_view entries) {
        return tokenizer_refusal(
            with_model(R"({"type": "WordLevel", "vocab": {)" + std::string(entries) + "}}"));
    };
    EXPECT_EQ(vocabulary(R"("a": -1)"),
              "spoilt.json: model.vocab: token \"a\" has the id -1, out of range for 1 tokens");
    EXPECT_EQ(
        vocabulary(R"("a": 2147483648)"),
        "spoilt.json: model.vocab: token \"a\" has the id 2147483648, out of range for 1 tokens");
    EXPECT_EQ(vocabulary(R"("a": 2147483647)").find("out of range") == std::string::npos, false);
    EXPECT_EQ(vocabulary(R"("a": 1e3)"),
              "spoilt.json: model.vocab: the id of \"a\" is not a whole number");
    EXPECT_EQ(vocabulary(R"("a": 99999999999999999999)").find("spoilt.json: "), 0u);
    EXPECT_EQ(vocabulary(R"("a": 0, "b": 0)"),
              "spoilt.json: model.vocab: tokens \"a\" and \"b\" have the same id 0");
    EXPECT_EQ(vocabulary(R"("a": 0, "a": 1)"),
              "spoilt.json: model.vocab: token \"a\" has two ids, 0 and 1");
    // An added token's id is counted, whatever the file says; here it falls on a hole's far side.
    EXPECT_EQ(tokenizer_refusal(R"({"added_tokens": [{"id": 7, "content": "<s>"}], "model": {"type":
              "WordLevel", "vocab": {"a": 0, "?": 2}, "unk_token": "?"}})"),
              "spoilt.json: added_tokens[0]: tokens \"?\" and \"<s>\" have the same id 2");
}

TEST(Refusal, OfMergesOutOfTheVocabulary) {
    const auto merges = [](std::string_view list) {
        return tokenizer_refusal(
            with_model(R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, )"
                       R"("merges": )" +
                       std::string(list) + "}"));
    };
    EXPECT_EQ(merges(R"(["a b", "a c"])"),
              "spoilt.json: model.merges[1] names \"c\", which is not in the vocabulary");
    EXPECT_EQ(merges(R"(["b a"])"),
              "spoilt.json: model.merges[0] names \"ba\", which is not in the vocabulary");
    EXPECT_EQ(merges(R"(["ab"])"),
              "spoilt.json: model.merges[0]: \"ab\" is not two tokens with one space between");
    EXPECT_EQ(merges(R"([["a"]])"), "spoilt.json: model.merges[0] is not a pair of tokens");
    EXPECT_EQ(merges(R"([3])"), "spoilt.json: model.merges[0] is not a pair of tokens");
    EXPECT_EQ(merges("null"), "spoilt.json: model.merges is missing");
}

TEST(Refusal, OfTextThatIsNotUtf8) {
    const auto tokenizer = tokenizer_of(with(R"("pre_tokenizer": {"type": "Whitespace"})"));
    const auto complaint = [&](std::string_view text) {
        const auto encoded = tokenizer->encode(text, true);
        return encoded.ok() ? std::string("none") : encoded.message();
    };
    EXPECT_EQ(complaint("a a"), "none");
    EXPECT_EQ(complaint("a \xFF"), "the text is not valid UTF-8 at byte 2");
    EXPECT_EQ(complaint("\xC3"), "the text is not valid UTF-8 at byte 0");              // cut off
    EXPECT_EQ(complaint("\xC0\xAF"), "the text is not valid UTF-8 at byte 0");          // overlong
    EXPECT_EQ(complaint("é\xED\xA0\x80"), "the text is not valid UTF-8 at byte 2");     // surrogate
    EXPECT_EQ(complaint("\xF4\x90\x80\x80"), "the text is not valid UTF-8 at byte 0");  // too large
    EXPECT_EQ(complaint(std::string_view("a\0a", 3)), "none");
}

TEST(Refusal, OfNormalizersThatMultiplyATextWithoutEnd) {
    std::string steps;
    for (int i = 0; i < 200; ++i) {
        steps += std::string(i > 0 ? "," : "") +
                 R"({"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaa"})";
    }
    const auto tokenizer =
        tokenizer_of(with(R"("normalizer": {"type": "Sequence", "normalizers": [)" + steps + "]}"));
    const auto encoded = tokenizer->encode("a", true);
    ASSERT_FALSE(encoded.ok());
    EXPECT_EQ(encoded.message(), "the tokenizer makes the text more than 64 times as long");
}

TEST(Refusal, OfRegularExpressionsThatTakeForever) {
    const auto tokenizer =
        tokenizer_of(with(R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+b"}})"));
    const auto encoded = tokenizer->encode(std::string(60, 'a'), true);
    ASSERT_FALSE(encoded.ok());
    EXPECT_EQ(encoded.message().find("the tokenizer's regular expression gave up"), 0u);
}

TEST(AddedTokens, AreFoundAsTheirFlagsSay) {
    const auto tokenizer = tokenizer_of(R"({
        "added_tokens": [
          {"id": 2, "content": "wide", "lstrip": true, "rstrip": true, "normalized": false},
          {"id": 3, "content": "alone", "single_word": true, "normalized": false},
          {"id": 4, "content": "LOW", "normalized": true},
          {"id": 5, "content": "ab", "normalized": false},
          {"id": 6, "content": "abc", "normalized": false}],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "vocab": {"a": 0, "?": 1}, "unk_token": "?"}})");
    EXPECT_EQ(tokens_of(*tokenizer, "a  wide \na"),
              (Tokens{{"a", 0, 1}, {"wide", 1, 9}, {"a", 9, 10}}));
    EXPECT_EQ(tokens_of(*tokenizer, "alone, aloners"),
              (Tokens{{"alone", 0, 5}, {"?", 5, 6}, {"?", 7, 14}}));
    // Recognised after normalisation, whatever its case was.
    EXPECT_EQ(tokens_of(*tokenizer, "a low LoW"),
              (Tokens{{"a", 0, 1}, {"LOW", 2, 5}, {"LOW", 6, 9}}));
    // The longest of those that begin at a place.
    EXPECT_EQ(tokens_of(*tokenizer, "abcab"), (Tokens{{"abc", 0, 3}, {"ab", 3, 5}}));
}

TEST(Tokenizer, ServesManyThreads) {
    const auto tokenizer = tokenizer_of(R"({
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
        "model": {"type": "BPE", "vocab": {"a": 0, "Ġ": 1, "Ġa": 2}, "merges": ["Ġ a"]}})");
    std::string text = "a";
    for (int i = 0; i < 2000; ++i)
        text += " a";
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round) {
                EXPECT_EQ(tokens_of(*tokenizer, text).size(), 2001u);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

}  // namespace
}  // namespace fovea
