// Folders without a tokenizer.json: the older file forms and what stands beside them. The
// SentencePiece models were trained for this purpose (tests/data/tokenizers).

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/io/files.h"
#include "engine/text/tokenizer.h"
#include "tests/engine/temporary_folder.h"
#include "tests/engine/tokenizer_golden.h"
#include "tests/engine/tokenizer_testing.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path tokenizer_data = fs::path(TEST_DATA) / "tokenizers";

std::shared_ptr<const Tokenizer> loaded(const fs::path& folder) {
    const auto tokenizer = Tokenizer::load_folder(folder);
    EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
    return tokenizer.ok() ? *tokenizer : nullptr;
}

TEST(SentencePieceFolder, MarianReadsOneLanguageAndWritesAnother) {
    const json golden = read_json(tokenizer_data / "marian/golden.json");
    const auto source = loaded(tokenizer_data / "marian");
    ASSERT_NE(source, nullptr);
    for (const json& entry : golden["source"])
        compare_with_golden(*source, entry);
    const auto target = Tokenizer::load_target(tokenizer_data / "marian");
    ASSERT_TRUE(target.ok()) << target.message();
    ASSERT_NE(*target, nullptr);
    for (const json& entry : golden["target"])
        compare_with_golden(**target, entry);
    EXPECT_EQ(source->piece(*source->token_id("▁the")), " the");
}

TEST(SentencePieceFolder, UnigramModel) {
    const auto tokenizer = loaded(tokenizer_data / "t5");
    ASSERT_NE(tokenizer, nullptr);
    for (const json& entry : read_json(tokenizer_data / "t5/golden.json"))
        compare_with_golden(*tokenizer, entry);
    // The gaps stand behind the model's own tokens, the first of them last.
    EXPECT_EQ(tokenizer->token_id("<extra_id_0>"), tokenizer->vocabulary_size() - 1);
    EXPECT_EQ(tokenizer->token_id("<extra_id_9>"), tokenizer->vocabulary_size() - 10);
    const auto others = Tokenizer::load_target(tokenizer_data / "t5");
    ASSERT_TRUE(others.ok());
    EXPECT_EQ(*others, nullptr);
}

TEST(SentencePieceFolder, BytePairModelWithBytes) {
    const auto tokenizer = loaded(tokenizer_data / "llama");
    ASSERT_NE(tokenizer, nullptr);
    for (const json& entry : read_json(tokenizer_data / "llama/golden.json"))
        compare_with_golden(*tokenizer, entry);
}

class TokenizerFolder : public testing::Test {
  protected:
    void write(const char* name, std::string_view text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }

    /// A case of cases.json by its name.
    static json reference(std::string_view name) {
        for (json& entry : read_json(tokenizer_data / "cases.json"))
            if (entry["name"] == name) return std::move(entry);
        return {};
    }

    std::string error() const {
        const auto tokenizer = Tokenizer::load_folder(folder_);
        return tokenizer.ok() ? "" : tokenizer.message();
    }

    const test::TemporaryFolder own_;
    const fs::path folder_ = own_.path();
};

TEST_F(TokenizerFolder, VocabularyAndMergesOfRobertasKind) {
    const json expected = reference("roberta_trim_bare");
    write("vocab.json", expected["tokenizer"]["model"]["vocab"].dump());
    std::string merges = "#version: 0.2\n";
    for (const json& pair : expected["tokenizer"]["model"]["merges"])
        merges += pair[0].get<std::string>() + " " + pair[1].get<std::string>() + "\n";
    write("merges.txt", merges);
    // The vocabulary shows whose it is; a file that says so changes nothing.
    for (const char* config : {"{}", R"({"model_type": "roberta"})"}) {
        write("config.json", config);
        const auto tokenizer = loaded(folder_);
        ASSERT_NE(tokenizer, nullptr);
        for (const json& entry : expected["texts"])
            compare_with_golden(*tokenizer, entry);
        // The space before a mask belongs to it.
        const auto tokens = *tokenizer->encode("a <mask>", false);
        EXPECT_EQ(tokens.back().begin, 2u);
        EXPECT_EQ(tokens.size(), 2u);
        // Which transformers 5 has forgotten.
        EXPECT_EQ(tokenizer->warnings().size(), std::string_view(config) == "{}" ? 0u : 1u);
    }
}

TEST_F(TokenizerFolder, VocabularyByLines) {
    const json expected = reference("word_piece");
    std::vector<std::string> lines(expected["tokenizer"]["model"]["vocab"].size());
    for (const auto& [word, id] : expected["tokenizer"]["model"]["vocab"].items())
        lines[id] = word;
    for (const char* line_end : {"\n", "\r\n"}) {
        std::string text;
        for (const std::string& line : lines)
            text += line + line_end;
        write("vocab.txt", text);
        const auto tokenizer = loaded(folder_);
        ASSERT_NE(tokenizer, nullptr);
        EXPECT_EQ(tokenizer->vocabulary_size(), static_cast<std::int32_t>(lines.size()));
        for (const json& entry : expected["texts"]) {
            const auto bare = tokenizer->encode(entry["text"].get<std::string>(), false);
            ASSERT_TRUE(bare.ok()) << bare.message();
            std::vector<int> ids;
            for (const Token& token : *bare)
                ids.push_back(token.id);
            EXPECT_EQ(json(ids), entry["ids"]) << entry["text"];
        }
    }
}

TEST_F(TokenizerFolder, CaseGoesByTheConfigOrElseByTheVocabulary) {
    write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
    EXPECT_EQ(tokens_of(*loaded(folder_), "The", true),
              (Tokens{{"[CLS]", 0, 0}, {"the", 0, 3}, {"[SEP]", 0, 0}}));
    write("tokenizer_config.json", R"({"do_lower_case": false})");
    EXPECT_EQ(tokens_of(*loaded(folder_), "The"), (Tokens{{"[UNK]", 0, 3}}));
    fs::remove(folder_ / "tokenizer_config.json");
    write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nThe\n");
    EXPECT_EQ(tokens_of(*loaded(folder_), "The"), (Tokens{{"The", 0, 3}}));
}

TEST_F(TokenizerFolder, SpecialTokensComeFromTheFilesBeside) {
    write("vocab.txt", "<pad>\n<unk>\n<s>\n</s>\nthe\n[x]\n");
    write("special_tokens_map.json",
          R"({"unk_token": "<unk>", "additional_special_tokens": [{"content": "[x]"}]})");
    write("added_tokens.json", R"({"<new>": 6})");
    EXPECT_EQ(
        tokens_of(*loaded(folder_), "[x] the<new>", true),
        (Tokens{{"<s>", 0, 0}, {"[x]", 0, 3}, {"the", 4, 7}, {"<new>", 7, 12}, {"</s>", 0, 0}}));
}

TEST_F(TokenizerFolder, Gpt2KnowsItsOwnSpecialToken) {
    write("vocab.json", R"({"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3})");
    write("merges.txt", "#version: 0.2\na b\n\n");
    // Bare files do not say that it is special; letters that they do not have are nothing.
    EXPECT_EQ(tokens_of(*loaded(folder_), "ab<|endoftext|>"), (Tokens{{"ab", 0, 2}}));
    write("config.json", R"({"model_type": "gpt2"})");
    EXPECT_EQ(tokens_of(*loaded(folder_), "ab<|endoftext|>"),
              (Tokens{{"ab", 0, 2}, {"<|endoftext|>", 2, 15}}));
    write("tokenizer_config.json", R"({"add_bos_token": true})");
    EXPECT_EQ(tokens_of(*loaded(folder_), "ab", true),
              (Tokens{{"<|endoftext|>", 0, 0}, {"ab", 0, 2}}));
}

TEST_F(TokenizerFolder, RobertaTakesItsFrameFromAddedTokens) {
    write("vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
    write("merges.txt", "a b\n");
    write("tokenizer_config.json", R"({"tokenizer_class": "RobertaTokenizer"})");
    EXPECT_EQ(tokens_of(*loaded(folder_), "ab", true),
              (Tokens{{"<s>", 0, 0}, {"ab", 0, 2}, {"</s>", 0, 0}}));
}

/// Nothing else in the folder stands in for a file whose download was not finished.
TEST_F(TokenizerFolder, ALinkThatLeadsNowhereIsNamed) {
    write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
    fs::create_symlink("gone", folder_ / "tokenizer.json");
    EXPECT_EQ(error(), (folder_ / "tokenizer.json").string() + ": no such file");
}

TEST_F(TokenizerFolder, SaysWhatIsWrong) {
    const auto none = Tokenizer::load_folder(folder_);
    ASSERT_TRUE(none.ok());
    EXPECT_EQ(*none, nullptr);

    const auto says = [&](const std::string& file, std::string_view part) {
        const fs::path path = file.empty() ? folder_ : folder_ / file;
        EXPECT_TRUE(error().starts_with(path.string() + ": ")) << error();
        EXPECT_NE(error().find(part), std::string::npos) << error();
    };
    write("vocab.txt", "");
    says("vocab.txt", "is empty");
    write("vocab.txt", "the\n");
    says("vocab.txt", "has no \"[UNK]\"");
    write("vocab.txt", "[UNK]\n\xff\n");
    says("vocab.txt", "not valid UTF-8 at byte 6");
    write("tokenizer_config.json", "[]");
    says("tokenizer_config.json", "not a JSON object");
    write("tokenizer_config.json", R"({"tokenizer_class": "BertJapaneseTokenizer"})");
    says("", "how a \"BertJapaneseTokenizer\" uses vocab.txt is not known");
    fs::remove(folder_ / "tokenizer_config.json");

    write("vocab.json", "{");
    write("merges.txt", "a b c\n");
    says("vocab.json", "not readable as JSON");
    write("vocab.json", R"({"a": 0, "b": 1})");
    says("merges.txt", "line 1 is not two tokens");
    write("merges.txt", "a b\n");
    says("merges.txt", "names \"ab\", which is not in the vocabulary");
    write("vocab.json", R"({"a": 0, "b": -1})");
    says("vocab.json", "out of range");
}

TEST_F(TokenizerFolder, EveryTruncationAndEveryChangedByteIsSafe) {
    const auto whole = read_text_file(tokenizer_data / "t5/spiece.model");
    ASSERT_TRUE(whole.ok());
    for (size_t length = 0; length < whole->size(); length += 7) {
        write("spiece.model", whole->substr(0, length));
        (void)Tokenizer::load_folder(folder_);
    }
    for (size_t i = 0; i < whole->size(); i += 5) {
        std::string changed = *whole;
        changed[i] = static_cast<char>(changed[i] ^ 0xFF);
        write("spiece.model", changed);
        const auto tokenizer = Tokenizer::load_folder(folder_);
        if (tokenizer.ok()) (void)(*tokenizer)->encode("the ﬁrst ½ ``key'' é", true);
    }
    write("spiece.model", "");
    EXPECT_NE(error().find("is no SentencePiece model"), std::string::npos) << error();
}

}  // namespace
}  // namespace fovea
