// `fovea export` of two sentences, of token types, and without the special tokens.
#include <gtest/gtest.h>

#include "exported.h"
#include "program.h"
#include "tests/engine/small_model.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class ExportedPair : public testing::Test {
  protected:
    ExportedPair() { put_small_model(scratch / "bert", "bert"); }

    Json metadata(std::vector<std::string> more) const {
        const fs::path file = scratch / "out.json";
        std::vector<std::string> arguments = {"export", "--model", scratch / "bert", "--out", file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        expect_quiet(fovea(arguments));
        return Json::parse(contents(file))["metadata"];
    }
    std::string refusal(const std::string& model, std::vector<std::string> more) const {
        put_small_model(scratch / model, model);
        std::vector<std::string> arguments = {"export", "--model", scratch / model, "--out",
                                              scratch / "out.json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Ended ended = fovea(arguments);
        EXPECT_NE(ended.status, 0);
        return ended.err;
    }
    const TemporaryFolder scratch;
};

TEST_F(ExportedPair, SaysBothSentencesAndTheirTypes) {
    const Json made = metadata({"--text", "w10 w11", "--pair", "w12"});
    EXPECT_EQ(made["text"], "w10 w11");
    EXPECT_EQ(made["pair"], "w12");
    EXPECT_EQ(made["tokens"], Json({"[CLS]", "w10", "w11", "[SEP]", "w12", "[SEP]"}));
    EXPECT_EQ(made["token_types"], Json({0, 0, 0, 0, 1, 1}));
    EXPECT_FALSE(made.contains("special_tokens"));
}

TEST_F(ExportedPair, SpecialTokensCanBeLeftOut) {
    const Json made = metadata({"--text", "w10 w11", "--no-special-tokens"});
    EXPECT_EQ(made["tokens"].size(), 2u);
    EXPECT_EQ(made["special_tokens"], false);
    EXPECT_FALSE(made.contains("token_types"));
}

TEST_F(ExportedPair, IdsWithTypesAreTheReferences) {
    const fs::path file = scratch / "pair.safetensors";
    expect_quiet(fovea({"export", "--model", scratch / "bert", "--ids", "1,5,6,7,2,8,9,10,2",
                        "--token-types", "0,0,0,0,0,1,1,1,1", "--out", file}));
    const Json golden = Json::parse(contents(test_model("bert") / "pair.json"));
    const Arrays exported = read_safetensors(file);
    for (size_t layer = 0; layer < 3; ++layer) {
        const Array& own = exported.at("attentions." + std::to_string(layer));
        const Array wanted{own.shape, golden["attentions"][layer].get<std::vector<double>>()};
        EXPECT_LE(largest_difference(own, wanted), 1e-5);
    }
}

TEST_F(ExportedPair, WhatAModelDoesNotHaveIsASentence) {
    EXPECT_EQ(refusal("gpt2", {"--text", "w10", "--pair", "w11"}),
              "fovea: gpt2 takes no second sentence: its tokenizer has no template for pairs\n");
    EXPECT_EQ(refusal("gpt2", {"--ids", "1,2", "--token-types", "0,1"}),
              "fovea: gpt2 has no token types\n");
    EXPECT_EQ(refusal("bert", {"--ids", "1,2", "--token-types", "0,1,1"}),
              "fovea: 3 token types for 2 tokens\n");
    EXPECT_NE(refusal("bert", {"--text", "w10", "--token-types", "0"}).find("--ids"),
              std::string::npos);
}

}  // namespace
}  // namespace fovea::test
