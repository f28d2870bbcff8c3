// Tokenizers out of GGUF metadata. Ids are compared with the reference implementation's on the
// same vocabulary, turned into GGUF's form here.
#include "engine/text/readers/gguf_tokenizer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/engine/gguf_bytes.h"
#include "tests/engine/installed_gguf.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::GgufBytes;

constexpr std::int32_t normal = 1, unknown = 2, control = 3, user_defined = 4, byte = 6;

json read_json(const fs::path& file) {
    std::ifstream stream(file);
    return json::parse(stream);
}

Result<std::shared_ptr<const Tokenizer>> gguf_tokenizer_of(const std::string& file) {
    const auto gguf = Gguf::parse(test::as_bytes(file), "test.gguf");
    EXPECT_TRUE(gguf) << gguf.message();
    return gguf_tokenizer(**gguf);
}

std::vector<int> ids_of(const Tokenizer& tokenizer, const std::string& text, bool special) {
    const auto encoded = tokenizer.encode(text, special);
    EXPECT_TRUE(encoded) << encoded.message();
    std::vector<int> ids;
    for (const Token& token : *encoded)
        ids.push_back(token.id);
    return ids;
}

/// The metadata that a conversion of this tokenizer.json to GGUF would write.
GgufBytes converted(const json& file, const std::string& model, const std::string& pre) {
    std::vector<std::string> tokens;
    std::vector<std::int32_t> types;
    std::vector<float> scores;
    const auto put = [&](const std::string& text, size_t id, std::int32_t type) {
        if (id >= tokens.size()) {
            tokens.resize(id + 1);
            types.resize(id + 1, normal);
        }
        tokens[id] = text;
        types[id] = type;
    };
    for (const auto& [text, id] : file["model"]["vocab"].items())
        put(text, id, text.size() == 6 && text.rfind("<0x", 0) == 0 ? byte : normal);
    for (const auto& added : file["added_tokens"]) {
        const std::string text = added["content"];
        const std::int32_t type = added["special"].get<bool>() ? control : user_defined;
        put(text, added["id"], text == "<unk>" ? unknown : type);
    }
    // A token's score is the place of the first merge that makes it.
    std::map<std::string, float> merged;
    std::vector<std::string> merges;
    for (const auto& merge : file["model"].value("merges", json::array())) {
        const std::string text =
            merge.is_string() ? merge.get<std::string>()
                              : merge[0].get<std::string>() + " " + merge[1].get<std::string>();
        std::string joined = text;
        joined.erase(joined.find(' '), 1);
        merged.try_emplace(joined, -static_cast<float>(merges.size()));
        merges.push_back(text);
    }
    for (const std::string& token : tokens)
        scores.push_back(merged.count(token) ? merged.at(token) : -1e6f);
    GgufBytes writer;
    writer.text("tokenizer.ggml.model", model).text("tokenizer.ggml.pre", pre);
    if (model == "bert") {
        for (std::string& token : tokens) {
            if (token.front() == '[' && token.back() == ']') continue;
            token = token.rfind("##", 0) == 0 ? token.substr(2) : "▁" + token;
        }
    } else {
        writer.integers("tokenizer.ggml.token_type", types);
    }
    if (model == "llama") writer.floats("tokenizer.ggml.scores", scores);
    writer.texts("tokenizer.ggml.tokens", tokens);
    if (model == "gpt2") writer.texts("tokenizer.ggml.merges", merges);
    return writer;
}

struct Case {
    const char* folder;
    const char* model;
    const char* pre;
};

class GgufTokenizerGolden : public testing::TestWithParam<Case> {};

TEST_P(GgufTokenizerGolden, GivesTheIdsOfTheReference) {
    const fs::path folder = fs::path(GOLDENS) / GetParam().folder;
    if (!fs::exists(folder / "tokenizer.json"))
        GTEST_SKIP() << folder << " is not here: others trained it, and it is not in the sources";
    GgufBytes writer =
        converted(read_json(folder / "tokenizer.json"), GetParam().model, GetParam().pre);
    const std::string model = GetParam().model;
    if (model == "llama")
        writer.natural("tokenizer.ggml.bos_token_id", 1)
            .natural("tokenizer.ggml.unknown_token_id", 0);
    if (model == "bert")
        writer.natural("tokenizer.ggml.bos_token_id", 101)
            .natural("tokenizer.ggml.seperator_token_id", 102)
            .natural("tokenizer.ggml.unknown_token_id", 100);
    const std::string file = writer.str();
    const auto start = std::chrono::steady_clock::now();
    const auto tokenizer = gguf_tokenizer_of(file);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(tokenizer) << tokenizer.message();
    ASSERT_NE(*tokenizer, nullptr);
    RecordProperty("milliseconds", std::to_string(taken.count() * 1e3));
    const json texts = read_json(folder / "golden.json");
    ASSERT_FALSE(texts.empty());
    for (const json& golden : texts) {
        const std::string text = golden["text"];
        SCOPED_TRACE(text);
        EXPECT_EQ(json(ids_of(**tokenizer, text, true)), golden["ids"]);
        if (golden.contains("ids_without_special_tokens")) {
            EXPECT_EQ(json(ids_of(**tokenizer, text, false)), golden["ids_without_special_tokens"]);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, GgufTokenizerGolden,
                         testing::Values(Case{"tokenizers/gpt2", "gpt2", "gpt-2"},
                                         Case{"tokenizers/llama3", "gpt2", "llama-bpe"},
                                         Case{"tokenizers/qwen3", "gpt2", "qwen2"},
                                         Case{"tokenizers/llama2", "llama", "default"},
                                         Case{"models/stories260k", "llama", "default"},
                                         Case{"tokenizers/bert-uncased", "bert", "jina-v2-en"}),
                         [](const auto& info) {
                             std::string name = fs::path(info.param.folder).filename().string();
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

// A real file's own tokenizer against the reference's tokenizer.json of the same model.
TEST(GgufTokenizer, OfGemmaGivesTheIdsOfTheReference) {
    const fs::path file = test::gemma_file();
    const fs::path golden_file = fs::path(GOLDENS) / "tokenizers/gemma3/golden.json";
    if (file.empty()) GTEST_SKIP() << test::no_gemma;
    if (!fs::exists(golden_file)) GTEST_SKIP() << golden_file << " is not here";
    const auto gguf = Gguf::open(file);
    ASSERT_TRUE(gguf) << gguf.message();
    const auto start = std::chrono::steady_clock::now();
    const auto tokenizer = gguf_tokenizer(**gguf);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(tokenizer) << tokenizer.message();
    RecordProperty("milliseconds", std::to_string(taken.count() * 1e3));
    EXPECT_EQ((*tokenizer)->vocabulary_size(), 262144);
    const json texts = read_json(golden_file);
    for (const json& golden : texts) {
        const std::string text = golden["text"];
        SCOPED_TRACE(text);
        EXPECT_EQ(json(ids_of(**tokenizer, text, true)), golden["ids"]);
        EXPECT_EQ(json(ids_of(**tokenizer, text, false)), golden["ids_without_special_tokens"]);
    }
}

GgufBytes small(const std::vector<std::string>& tokens, const std::vector<float>& scores,
                const std::vector<std::int32_t>& types) {
    GgufBytes writer;
    writer.text("tokenizer.ggml.model", "llama")
        .texts("tokenizer.ggml.tokens", tokens)
        .floats("tokenizer.ggml.scores", scores)
        .integers("tokenizer.ggml.token_type", types)
        .natural("tokenizer.ggml.unknown_token_id", 0)
        .natural("tokenizer.ggml.bos_token_id", 1)
        .natural("tokenizer.ggml.eos_token_id", 2);
    return writer;
}

TEST(GgufTokenizer, MergesByScoreThenFromTheLeft) {
    const std::vector<std::string> tokens = {"<unk>", "<s>", "</s>", "a", "b", "ab", "ba", "aba"};
    const std::vector<std::int32_t> types = {2, 3, 3, 1, 1, 1, 1, 1};
    const auto with = [&](float ab, float ba, float aba) {
        return small(tokens, {0, 0, 0, 0, 0, ab, ba, aba}, types)
            .flag("tokenizer.ggml.add_space_prefix", false)
            .str();
    };
    const auto first = gguf_tokenizer_of(with(-1, -2, -9));
    ASSERT_TRUE(first) << first.message();
    EXPECT_EQ(ids_of(**first, "abab", true), (std::vector<int>{1, 5, 5}));
    const auto other = gguf_tokenizer_of(with(-2, -1, -3));
    ASSERT_TRUE(other) << other.message();
    // b a first; then a+ba is worth more than any rest.
    EXPECT_EQ(ids_of(**other, "abab", false), (std::vector<int>{7, 4}));
    // Equal scores: the left pair first, positive or negative zero.
    const auto equal = gguf_tokenizer_of(with(-0.0f, 0.0f, -9));
    ASSERT_TRUE(equal) << equal.message();
    EXPECT_EQ(ids_of(**equal, "bab", false), (std::vector<int>{6, 4}));
}

TEST(GgufTokenizer, DoesWhatTheFlagsSay) {
    const std::vector<std::string> tokens = {"<unk>", "<s>",    "</s>",   "▁",     "a",
                                             "▁a",    "<0xC3>", "<0xA9>", "<tool>"};
    const std::vector<float> scores = {0, 0, 0, -5, -6, -1, 0, 0, 0};
    const std::vector<std::int32_t> types = {unknown, control, control, 1,           1,
                                             1,       6,       6,       user_defined};
    const auto plain = gguf_tokenizer_of(small(tokens, scores, types).str());
    ASSERT_TRUE(plain) << plain.message();
    EXPECT_EQ(ids_of(**plain, "a", true), (std::vector<int>{1, 5}));
    EXPECT_EQ(ids_of(**plain, "a", false), (std::vector<int>{5}));
    // Bytes where there are some, unknown where not; neighbours that are unknown are one.
    EXPECT_EQ(ids_of(**plain, "aéa", false), (std::vector<int>{5, 6, 7, 4}));
    EXPECT_EQ(ids_of(**plain, "axy", false), (std::vector<int>{5, 0}));
    // A control token that is typed, a word that somebody added; what follows begins anew.
    EXPECT_EQ(ids_of(**plain, "a</s>a<tool>", false), (std::vector<int>{5, 2, 5, 8}));
    EXPECT_EQ((*plain)->piece(5), " a");
    EXPECT_EQ((*plain)->piece(6), "\\xC3");

    const auto turned = gguf_tokenizer_of(small(tokens, scores, types)
                                              .flag("tokenizer.ggml.add_space_prefix", false)
                                              .flag("tokenizer.ggml.add_bos_token", false)
                                              .flag("tokenizer.ggml.add_eos_token", true)
                                              .str());
    ASSERT_TRUE(turned) << turned.message();
    EXPECT_EQ(ids_of(**turned, "a a", true), (std::vector<int>{4, 5, 2}));
}

TEST(GgufTokenizer, SpansPointIntoTheText) {
    const auto tokenizer =
        gguf_tokenizer_of(small({"<unk>", "<s>", "</s>", "▁", "a", "▁a", "<0xC3>", "<0xA9>"},
                                {0, 0, 0, -5, -6, -1, 0, 0}, {2, 3, 3, 1, 1, 1, 6, 6})
                              .str());
    ASSERT_TRUE(tokenizer) << tokenizer.message();
    const auto tokens = (*tokenizer)->encode("a é", true);
    ASSERT_TRUE(tokens) << tokens.message();
    ASSERT_EQ(tokens->size(), 5u);  // <s> ▁a ▁ <0xC3> <0xA9>
    EXPECT_TRUE((*tokens)[0].special);
    EXPECT_EQ((*tokens)[1].text, "▁a");
    EXPECT_EQ((*tokens)[1].begin, 0u);
    EXPECT_EQ((*tokens)[1].end, 1u);
    EXPECT_EQ((*tokens)[2].begin, 1u);
    EXPECT_EQ((*tokens)[2].end, 2u);
    EXPECT_EQ((*tokens)[4].end, 4u);
}

TEST(GgufTokenizer, AMillionCharactersTakeUnderASecond) {
    const auto tokenizer =
        gguf_tokenizer_of(small({"<unk>", "<s>", "</s>", "a", "aa", "aaaa", "aaaaaaaa"},
                                {0, 0, 0, -9, -1, -2, -3}, {2, 3, 3, 1, 1, 1, 1})
                              .flag("tokenizer.ggml.add_space_prefix", false)
                              .str());
    ASSERT_TRUE(tokenizer) << tokenizer.message();
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(ids_of(**tokenizer, std::string(1 << 20, 'a'), false).size(), 1u << 17);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    RecordProperty("milliseconds", std::to_string(taken.count() * 1e3));
}

TEST(GgufTokenizer, CutsByProbabilityWhereTheFileIsT5s) {
    GgufBytes writer;
    writer.text("tokenizer.ggml.model", "t5")
        .texts("tokenizer.ggml.tokens", {"<pad>", "</s>", "<unk>", "▁", "a", "b", "▁a", "ab"})
        .floats("tokenizer.ggml.scores", {0, 0, 0, -2, -3, -3, -4, -3.5f})
        .integers("tokenizer.ggml.token_type", {control, control, unknown, 1, 1, 1, 1, 1})
        .natural("tokenizer.ggml.unknown_token_id", 2)
        .natural("tokenizer.ggml.eos_token_id", 1);
    const auto tokenizer = gguf_tokenizer_of(writer.str());
    ASSERT_TRUE(tokenizer) << tokenizer.message();
    // ▁ + ab (-5.5) is likelier than ▁a + b (-7); the end token is added where nothing is said.
    EXPECT_EQ(ids_of(**tokenizer, "ab", true), (std::vector<int>{3, 7, 1}));
    EXPECT_EQ(ids_of(**tokenizer, "a  x", false), (std::vector<int>{6, 3, 2}));
}

TEST(GgufTokenizer, RefusesByNameWhatItDoesNotKnow) {
    const auto none = gguf_tokenizer_of(GgufBytes().text("general.name", "x").str());
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, nullptr);
    const auto refusal = [](const GgufBytes& writer) {
        const auto result = gguf_tokenizer_of(writer.str());
        return result ? std::string("accepted") : result.message();
    };
    const std::vector<std::string> words = {"a", "b"};
    EXPECT_EQ(
        refusal(
            GgufBytes().text("tokenizer.ggml.model", "rwkv").texts("tokenizer.ggml.tokens", words)),
        "test.gguf: the tokenizer \"rwkv\" is not known (known: llama, gpt2, bert, t5)");
    const std::string pre = refusal(GgufBytes()
                                        .text("tokenizer.ggml.model", "gpt2")
                                        .text("tokenizer.ggml.pre", "kimi-k2")
                                        .texts("tokenizer.ggml.merges", {})
                                        .texts("tokenizer.ggml.tokens", words));
    EXPECT_EQ(pre.rfind("test.gguf: the pre-tokenizer \"kimi-k2\" is not known", 0), 0u) << pre;
    EXPECT_NE(refusal(GgufBytes().text("tokenizer.ggml.model", "gpt2")).find("ggml.tokens"),
              std::string::npos);
    EXPECT_NE(
        refusal(
            GgufBytes().text("tokenizer.ggml.model", "gpt2").texts("tokenizer.ggml.tokens", words))
            .find("ggml.merges"),
        std::string::npos);
    EXPECT_NE(refusal(small(words, {0}, {1, 1})).find("2 tokens, but 1 entries"),
              std::string::npos);
    EXPECT_NE(refusal(small({"a", "\xff"}, {0, 0}, {1, 1})).find("not valid UTF-8"),
              std::string::npos);
    EXPECT_NE(refusal(small({"a", "a"}, {0, 0}, {1, 1})).find("two ids"), std::string::npos);
    EXPECT_NE(refusal(small({"a", "b"}, {0, std::nanf("")}, {1, 1})).find("not finite"),
              std::string::npos);
}

TEST(GgufTokenizer, EveryKnownWayToCutTheTextIsReadable) {
    const std::string listed = [] {
        const auto result = gguf_tokenizer_of(GgufBytes()
                                                  .text("tokenizer.ggml.model", "gpt2")
                                                  .text("tokenizer.ggml.pre", "?")
                                                  .texts("tokenizer.ggml.merges", {})
                                                  .texts("tokenizer.ggml.tokens", {"a"})
                                                  .str());
        return result.message();
    }();
    const size_t begin = listed.find("(known: ") + 8;
    std::stringstream names(listed.substr(begin, listed.size() - begin - 1));
    size_t count = 0;
    for (std::string name; std::getline(names >> std::ws, name, ',');) {
        const auto tokenizer = gguf_tokenizer_of(
            GgufBytes()
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", name)
                .texts("tokenizer.ggml.merges", {"1 2", "a b", "Ġ ab"})
                .texts("tokenizer.ggml.tokens", {"1", "2", "12", "a", "b", "ab", "Ġ", "Ġab"})
                .str());
        ASSERT_TRUE(tokenizer) << name << ": " << tokenizer.message();
        const auto ids = ids_of(**tokenizer, "ab ab12", false);
        EXPECT_EQ(std::vector<int>(ids.begin(), ids.begin() + 2), (std::vector<int>{5, 7})) << name;
        const bool one_by_one = ids.size() == 4;
        const bool expected = name == "smollm" || name == "starcoder" || name == "refact" ||
                              name == "codeshell" || name == "exaone" || name == "minerva-7b" ||
                              name == "command-r" || name == "qwen2" ||
                              name == "deepseek-r1-qwen" || name == "megrez" ||
                              name == "stablelm2" || name == "tekken";
        EXPECT_EQ(one_by_one, expected) << name;
        ++count;
    }
    EXPECT_GE(count, 30u);
}

}  // namespace
}  // namespace fovea
