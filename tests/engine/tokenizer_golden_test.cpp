// Ids, token strings and spans against the reference implementation, on tokenizers that others
// trained: read where they are, skipped where they are not.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/text/tokenizer.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json read_json(const fs::path& file) {
    std::ifstream stream(file);
    return json::parse(stream);
}

std::vector<size_t> byte_of_character(const std::string& text) {
    std::vector<size_t> offsets;
    for (size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(i);
    }
    offsets.push_back(text.size());
    return offsets;
}

void compare(const Tokenizer& tokenizer, const json& golden) {
    const std::string text = golden["text"];
    SCOPED_TRACE(text);
    const Result<std::vector<Token>> encoded = tokenizer.encode(text, true);
    ASSERT_TRUE(encoded.ok()) << encoded.message();
    std::vector<int> ids;
    std::vector<std::string> tokens;
    std::vector<std::vector<size_t>> spans;
    for (const Token& token : *encoded) {
        ids.push_back(token.id);
        tokens.push_back(token.text);
        spans.push_back({token.begin, token.end});
    }
    EXPECT_EQ(json(ids), golden["ids"]);
    EXPECT_EQ(json(tokens), golden["tokens"]);
    if (golden.contains("char_offsets")) {
        const std::vector<size_t> bytes = byte_of_character(text);
        std::vector<std::vector<size_t>> expected;
        for (const auto& span : golden["char_offsets"]) {
            expected.push_back({bytes.at(span[0]), bytes.at(span[1])});
        }
        EXPECT_EQ(spans, expected);
    }
    if (golden.contains("ids_without_special_tokens")) {
        const Result<std::vector<Token>> bare = tokenizer.encode(text, false);
        ASSERT_TRUE(bare.ok()) << bare.message();
        std::vector<int> bare_ids;
        for (const Token& token : *bare)
            bare_ids.push_back(token.id);
        EXPECT_EQ(json(bare_ids), golden["ids_without_special_tokens"]);
    }
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, AgreesWithTheReference) {
    const fs::path folder = fs::path(GOLDENS) / GetParam();
    if (!fs::exists(folder / "tokenizer.json")) {
        GTEST_SKIP() << folder << " is not here: others trained it, and it is not in the sources";
    }
    const auto tokenizer = Tokenizer::load(folder / "tokenizer.json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
    const json texts = read_json(folder / "golden.json");
    ASSERT_FALSE(texts.empty());
    for (const json& golden : texts)
        compare(**tokenizer, golden);
}

/// The older files of a model give what its tokenizer.json gives.
TEST(GoldenFiles, VocabularyAndMerges) {
    const fs::path folder = fs::path(GOLDENS) / "tokenizers/gpt2-files";
    if (!fs::exists(folder / "merges.txt")) {
        GTEST_SKIP() << folder << " is not here: others trained it, and it is not in the sources";
    }
    const auto tokenizer = Tokenizer::load_folder(folder);
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
    ASSERT_NE(*tokenizer, nullptr);
    for (const json& golden : read_json(folder / "../gpt2/golden.json"))
        compare(**tokenizer, golden);
}

TEST(GoldenFiles, VocabularyByLines) {
    const fs::path folder = fs::path(GOLDENS) / "tokenizers/bert-uncased-files";
    if (!fs::exists(folder / "vocab.txt")) {
        GTEST_SKIP() << folder << " is not here: others trained it, and it is not in the sources";
    }
    const auto tokenizer = Tokenizer::load_folder(folder);
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
    ASSERT_NE(*tokenizer, nullptr);
    for (const json& golden : read_json(folder / "../bert-uncased/golden.json"))
        compare(**tokenizer, golden);
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, Golden,
                         testing::Values("tokenizers/gpt2", "tokenizers/bert-uncased",
                                         "tokenizers/llama2", "tokenizers/llama3",
                                         "tokenizers/qwen3", "tokenizers/gemma3",
                                         "tokenizers/unigram", "models/stories260k"),
                         [](const auto& info) {
                             std::string name = fs::path(info.param).filename().string();
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace fovea
