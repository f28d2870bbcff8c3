// Small checkpoints that were once read wrongly or refused, each with what transformers makes of it
// (5.12.1; relative keys: 4.46.3), through the program itself.
#include <gtest/gtest.h>

#include "tests/cli/exported.h"
#include "tests/engine/gguf_conversion.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;

fs::path case_folder(const std::string& name) {
    return fs::path(TEST_DATA) / "cases" / name;
}

struct Reference {
    const char* name;
    const char* ids = "3,17,9,41,5,22,8,60,31,2";
    const char* decoder_ids = nullptr;
};

class CaseOf : public testing::TestWithParam<Reference> {};

TEST_P(CaseOf, AgreesWithTheReference) {
    const TemporaryFolder scratch;
    const fs::path folder = case_folder(GetParam().name);
    const fs::path gguf = folder / "model.gguf";
    const Arrays wanted = read_npz(folder / "reference.npz");
    ASSERT_FALSE(wanted.empty());
    std::string with = "logits";
    if (wanted.contains("hidden_states.0")) with = "hidden_states,logits";
    if (!wanted.contains("logits")) with = "hidden_states";
    std::vector<std::string> arguments = {
        "export", "--model",      (fs::exists(gguf) ? gguf : folder / "model").string(),
        "--ids",  GetParam().ids, "--with",
        with,     "--out",        (scratch / "got.npz").string()};
    if (GetParam().decoder_ids)
        arguments.insert(arguments.end(), {"--decoder-ids", GetParam().decoder_ids});
    const Ended ended = fovea(arguments);
    ASSERT_EQ(ended.status, 0) << ended.err;
    const Arrays got = read_npz(scratch / "got.npz");
    for (const auto& [name, reference] : wanted) {
        ASSERT_TRUE(got.contains(name)) << name;
        const Array& values = got.at(name);
        ASSERT_EQ(values.values.size(), reference.values.size()) << name;
        double largest = 0, difference = 0;
        for (size_t i = 0; i < values.values.size(); ++i) {
            largest = std::max(largest, std::abs(reference.values[i]));
            const double here = std::abs(values.values[i] - reference.values[i]);
            if (!(here <= difference)) difference = here;
        }
        const bool attention = name.find("attentions") != std::string::npos;
        EXPECT_LE(difference, attention ? 1e-4 : 1e-3 * largest) << name;
    }
}

constexpr const char* long_sentence =
    "3,40,16,53,29,5,42,18,55,31,7,44,20,57,33,9,46,22,59,35,11,48,24,61,37,13,50,26,63,39,15,52,"
    "28,"
    "4,41,17,54,30,6,43,19,56,32,8,45,21,58,34,10,47,23,60,36,12,49,25,62,38,14,51";

INSTANTIATE_TEST_SUITE_P(
    Cli, CaseOf,
    testing::Values(
        Reference{"bert_is_decoder"}, Reference{"bert_relative_key"},
        Reference{"bert_relative_key_query"},
        Reference{"flan_t5_saved_by_transformers_5", "3,17,9,41,5,22,8,60,31,1", "0,5,9,7"},
        Reference{"gguf_attention_causal_false"}, Reference{"gguf_yarn_attn_factor_1"},
        Reference{"gpt2_scale_by_inverse_layer"}, Reference{"head_activation_bert_hidden_act_relu"},
        Reference{"hidden_act_gelu_python"}, Reference{"is_causal_false_llama"},
        Reference{"one_row_matrix_heap_corruption"}, Reference{"opt_remove_final_layer_norm"},
        Reference{"qwen2_max_window_layers_missing"}, Reference{"roberta_head_bias_under_decoder"},
        Reference{"rope_theta_inside_rope_scaling", long_sentence}, Reference{"t5_encoder_only"},
        Reference{"tie_true_but_own_lm_head"}, Reference{"tied_saved_under_lm_head_gpt2"},
        Reference{"type_vocab_size_1_roberta"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(CliCases, AnAdapterIsCalledOne) {
    const Ended ended = fovea({"inspect", "--model", case_folder("lora_folder") / "model"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.err.find("holds an adapter of meta-llama/Llama-2-7b-hf"), std::string::npos)
        << ended.err;
}

/// A copy of a small model whose config.json has another text for the first `from`.
class ChangedModel {
  public:
    ChangedModel(const char* model, const std::string& from, const std::string& to,
                 const char* weights = "model.safetensors") {
        const fs::path source = fs::path(TEST_DATA) / "models" / model;
        fs::copy_file(source / "model.safetensors", folder_ / weights);
        std::string config = contents(source / "config.json");
        config.replace(config.find(from), from.size(), to);
        write_file(folder_ / "config.json", config);
    }
    Ended inspected() const { return fovea({"inspect", "--model", folder_.path()}); }

  private:
    const TemporaryFolder folder_;
};

TEST(CliCases, WithoutModelTypeTheClassesSayWhatItIs) {
    const Ended ended = ChangedModel("llama", "\"model_type\"", "\"not_the_type\"").inspected();
    EXPECT_EQ(ended.status, 0) << ended.err;
}

TEST(CliCases, MlxWeightsAreRefusedAsQuantised) {
    const ChangedModel model("llama", "{", "{\"quantization\": {\"group_size\": 64, \"bits\": 4},");
    const Ended ended = model.inspected();
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.err.find("quantised by MLX"), std::string::npos) << ended.err;
}

TEST(CliCases, PythonsInfinityIsRead) {
    const ChangedModel model("llama", "{", "{\"some_limit\": [NaN, -Infinity],");
    const Ended ended = model.inspected();
    EXPECT_EQ(ended.status, 0) << ended.err;
}

TEST(CliCases, AVariantOfTheWeightsOpens) {
    const Ended ended = ChangedModel("llama", "{", "{", "model.fp16.safetensors").inspected();
    EXPECT_EQ(ended.status, 0) << ended.err;
}

TEST(CliCases, AGgufWithoutATokenizerReadsIds) {
    const fs::path llama = fs::path(TEST_DATA) / "models" / "llama";
    const TemporaryFolder scratch;
    write_file(scratch / "model.gguf", GgufConversion(llama, "llama").convert("llama").str());
    const auto exported = [&](const fs::path& model, const char* name) {
        const Ended ended = fovea({"export", "--model", model, "--ids", "3,5,7", "--with", "logits",
                                   "--out", scratch / name});
        EXPECT_EQ(ended.status, 0) << ended.err;
        return ended.status == 0 ? read_npz(scratch / name) : Arrays();
    };
    const Arrays got = exported(scratch / "model.gguf", "gguf.npz");
    for (const auto& [name, wanted] : exported(llama, "folder.npz")) {
        ASSERT_TRUE(got.contains(name)) << name;
        ASSERT_EQ(got.at(name).values.size(), wanted.values.size()) << name;
        for (size_t i = 0; i < wanted.values.size(); ++i)
            ASSERT_NEAR(got.at(name).values[i], wanted.values[i], 1e-4) << name;
    }
    const Ended text = fovea(
        {"export", "--model", scratch / "model.gguf", "--text", "a", "--out", scratch / "t.npz"});
    EXPECT_EQ(text.status, 1);
    EXPECT_NE(text.err.find("model.gguf: has no tokenizer, so it cannot read text"),
              std::string::npos)
        << text.err;
}

/// Nothing stands in for vectors that the file does not hold: the reference draws them at random.
TEST(CliCases, DistancesWithoutTheirVectorsAreMissing) {
    const ChangedModel model("bert", "{", R"({"position_embedding_type": "relative_key",)");
    const Ended ended = model.inspected();
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.err.find("distance_embedding.weight"), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("is missing"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace fovea::test
