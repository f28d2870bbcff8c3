// Ids, token strings and spans against the reference implementation, on tokenizers that others
// trained: read where they are, skipped where they are not.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/text/tokenizer.h"
#include "tests/engine/tokenizer_golden.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class TokenizerGolden : public testing::TestWithParam<const char*> {};

TEST_P(TokenizerGolden, AgreesWithTheReference) {
    const fs::path folder = fs::path(GOLDENS) / GetParam();
    if (!fs::exists(folder / "tokenizer.json")) {
        GTEST_SKIP() << folder << " is not here: others trained it, and it is not in the sources";
    }
    const auto tokenizer = Tokenizer::load(folder / "tokenizer.json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.message();
    const json texts = read_json(folder / "golden.json");
    ASSERT_FALSE(texts.empty());
    for (const json& golden : texts)
        compare_with_golden(**tokenizer, golden);
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
        compare_with_golden(**tokenizer, golden);
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
        compare_with_golden(**tokenizer, golden);
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, TokenizerGolden,
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
