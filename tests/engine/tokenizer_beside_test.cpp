// Tokenizer folders in the variations that people have, against what AutoTokenizer makes of them
// (tests/data/tokenizers/make_folders.py).

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/text/tokenizer.h"
#include "tests/engine/temporary_folder.h"
#include "tests/engine/tokenizer_golden.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path data = fs::path(TEST_DATA) / "tokenizers";

const json& folders() {
    static const json all = read_json(data / "folders.json");
    return all;
}

void put(const fs::path& folder, const json& entry) {
    for (const auto& [name, content] : entry["files"].items()) {
        const std::string text = content.is_string() ? content.get<std::string>() : content.dump();
        if (text == "@fairseq")
            fs::copy_file(data / "fairseq/sentencepiece.bpe.model", folder / name);
        else if (text == "@t5")
            fs::copy_file(data / "t5/spiece.model", folder / name);
        else
            std::ofstream(folder / name, std::ios::binary) << text;
    }
    if (entry["base"].is_string())
        std::ofstream(folder / "tokenizer.json")
            << folders()["bases"][entry["base"].get<std::string>()].dump();
}

json ids_of(const Result<std::vector<Token>>& tokens) {
    if (!tokens) return tokens.message();
    json ids = json::array();
    for (const Token& token : *tokens)
        ids.push_back(token.id);
    return ids;
}

TEST(FilesBeside, IdsAreAutoTokenizers) {
    ASSERT_GE(folders()["cases"].size(), 80u);
    for (const json& entry : folders()["cases"]) {
        SCOPED_TRACE(entry["name"]);
        const test::TemporaryFolder scratch;
        put(scratch.path(), entry);
        const auto loaded = Tokenizer::load_folder(scratch.path());
        EXPECT_TRUE(loaded.ok()) << loaded.message();
        if (!loaded.ok() || !*loaded) continue;
        const Tokenizer& tokenizer = **loaded;
        for (const json& text : entry["texts"]) {
            const auto typed = text["text"].get<std::string>();
            EXPECT_EQ(ids_of(tokenizer.encode(typed, true)), text["ids"]) << typed;
            EXPECT_EQ(ids_of(tokenizer.encode(typed, false)), text["bare"]) << typed;
        }
        if (entry["mask"].is_number()) {
            EXPECT_EQ(tokenizer.mask_id(), entry["mask"].get<std::int32_t>());
        }
        if (tokenizer.has_pairs()) {
            EXPECT_EQ(ids_of(tokenizer.encode_pair("Hello", "world", true)), entry["pair"]);
        }
    }
}

TEST(FilesBeside, OddPartsAreErrorsOrNothing) {
    const char* files[] = {
        R"({"added_tokens": 3})",
        R"({"added_tokens": [3]})",
        R"({"added_tokens": [{"content": 4, "id": 1}]})",
        R"({"added_tokens": [{"content": "<x>", "id": 1, "special": "yes"}]})",
        R"({"normalizer": 3, "pre_tokenizer": "no"})",
        R"({"normalizer": {"type": 3}})",
        R"({"normalizer": {"type": "Sequence", "normalizers": {"type": "NFC"}}})",
        R"({"normalizer": {"type": "BertNormalizer", "lowercase": 4}})",
        R"({"model": 3})",
        R"({"model": {"type": 3}})",
        R"({"post_processor": [1]})",
    };
    const char* configs[] = {
        R"({"added_tokens_decoder": 3})",
        R"({"added_tokens_decoder": {"x": {}, "7": "<x>", "8": {"content": 3}}})",
        R"({"cls_token": 3, "extra_special_tokens": [3, {"content": []}, null]})",
        R"({"extra_special_tokens": {"a_token": 3}, "do_lower_case": "no", "extra_ids": -4})",
        R"({"tokenizer_class": 3})",
    };
    for (const char* model : {"bert", "gpt2", "t5", "albert", "llama"})
        for (const char* config : configs)
            for (const char* file : files) {
                const test::TemporaryFolder scratch;
                json changed = folders()["bases"]["bert"];
                changed.update(json::parse(file));
                const json entry = {{"base", nullptr},
                                    {"files",
                                     {{"tokenizer.json", changed},
                                      {"tokenizer_config.json", json::parse(config)},
                                      {"config.json", {{"model_type", model}}}}}};
                put(scratch.path(), entry);
                const auto loaded = Tokenizer::load_folder(scratch.path());
                if (loaded.ok())
                    (void)(*loaded)->encode("Hello [MASK]", true);
                else
                    EXPECT_NE(loaded.message().find(scratch.path().string()), std::string::npos);
            }
}

using Said = std::vector<std::string>;

class FilesBesideWarn : public testing::Test {
  protected:
    Said warnings(const json& base, const char* config, const char* model) {
        const json entry = {{"base", base},
                            {"files",
                             {{"tokenizer_config.json", json::parse(config)},
                              {"config.json", {{"model_type", model}}}}}};
        put(scratch.path(), entry);
        const auto loaded = Tokenizer::load_folder(scratch.path());
        EXPECT_TRUE(loaded.ok()) << loaded.message();
        return loaded.ok() ? (*loaded)->warnings() : Said();
    }
    const test::TemporaryFolder scratch;
};

TEST_F(FilesBesideWarn, NothingToSayOfOrdinaryFolders) {
    EXPECT_EQ(warnings("bert", R"({"do_lower_case": true})", "bert").size(), 0u);
    EXPECT_EQ(warnings("gpt2", "{}", "gpt2").size(), 0u);
    EXPECT_EQ(warnings("roberta", "{}", "roberta").size(), 0u);
    EXPECT_EQ(warnings("bert_cased", R"({"do_lower_case": false})", "bert").size(), 0u);
}

TEST_F(FilesBesideWarn, WhereTheClassIsTakenAtItsWord) {
    EXPECT_EQ(warnings("bert_cased", "{}", "bert"),
              Said{"tokenizer.json: its \"lowercase\" is false, a BertTokenizer has true unless "
                   "tokenizer_config.json says \"do_lower_case\"; read as transformers reads it"});
}

TEST_F(FilesBesideWarn, WhereTheFileIsOfAnotherKind) {
    const auto said = warnings("gpt2", R"({"tokenizer_class": "LlamaTokenizerFast"})", "llama");
    ASSERT_EQ(said.size(), 1u);
    EXPECT_NE(said[0].find("not of the kind that a LlamaTokenizer is"), std::string::npos);
}

/// It does not say its model's type, as old files do not: by its settings it cuts no words.
TEST_F(FilesBesideWarn, WhereAnOldFileIsOfAnotherKind) {
    json old = folders()["bases"]["bert"];
    for (const char* key : {"type", "continuing_subword_prefix"})
        old["model"].erase(key);
    std::ofstream(scratch / "tokenizer.json") << old.dump();
    EXPECT_EQ(warnings(nullptr, "{}", "bert"),
              Said{"tokenizer.json: it is not of the kind that a BertTokenizer is, as which "
                   "the files beside it name it; the file counts"});
}

TEST_F(FilesBesideWarn, WhereWhatIsUnknownHasNoToken) {
    EXPECT_EQ(warnings("bert", R"({"unk_token": "<NEW>"})", "bert"),
              Said{"tokenizer.json: its vocabulary has no \"<NEW>\", which is a BertTokenizer's "
                   "unk_token; the file's counts"});
}

TEST_F(FilesBesideWarn, WhereTheFileHasAnotherTokenForTheUnknown) {
    EXPECT_EQ(
        warnings("bert_other_model", "{}", "bert"),
        Said{"tokenizer.json: its \"unk_token\" is \"[MASK]\", a BertTokenizer has \"[UNK]\"; "
             "read as transformers reads it"});
    EXPECT_EQ(warnings("bert_other_model", R"({"unk_token": "[UNK]"})", "bert").size(), 0u);
}

TEST_F(FilesBesideWarn, OfWhatIsNotFollowed) {
    const auto said = warnings("gpt2", R"({"split_special_tokens": true})", "gpt2");
    ASSERT_EQ(said.size(), 1u);
    EXPECT_NE(said[0].find("\"split_special_tokens\" is not followed"), std::string::npos);
}

}  // namespace
}  // namespace fovea
