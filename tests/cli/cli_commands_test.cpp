// What each subcommand prints when all is well.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.h"
#include "tiny_tokenizer.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

TEST(Help, IsThereForEverySubcommand) {
    const Ended top = fovea({"--help"});
    EXPECT_EQ(top.status, 0);
    EXPECT_EQ(top.err, "");
    for (const char* name : {"export", "tokenize", "inspect", "models", "get", "bench"}) {
        EXPECT_NE(top.out.find(name), std::string::npos) << name;
        const Ended help = fovea({name, "--help"});
        EXPECT_EQ(help.status, 0) << name;
        EXPECT_EQ(help.err, "") << name;
        EXPECT_NE(help.out.find("Usage: fovea " + std::string(name)), std::string::npos)
            << help.out;
    }
    for (const char* option :
         {"--model", "--text", "--edits", "--session", "--screenshot", "--size", "--light"})
        EXPECT_NE(top.out.find(option), std::string::npos) << option;
}

TEST(Version, IsTheProjects) {
    const Ended ended = fovea({"--version"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "fovea " FOVEA_VERSION "\n");
}

/// A folder that holds a tokenizer.json only.
class Tokenize : public testing::Test {
  protected:
    Tokenize() { write_file(scratch / "tokenizer.json", tiny_tokenizer()); }
    Ended tokenize(std::vector<std::string> more, std::string_view input = {}) const {
        std::vector<std::string> arguments = {"tokenize", "--model", scratch.path()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return fovea(arguments, input);
    }
    const TemporaryFolder scratch;
};

TEST_F(Tokenize, ASecondSentenceAndItsTypes) {
    const Ended ended = tokenize({"--text", "The cats.", "--pair", "the cat"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out,
              "2\t[CLS]\t0-0\t0\n"
              "5\tthe\t0-3\t0\n"
              "6\tcat\t4-7\t0\n"
              "9\t##s\t7-8\t0\n"
              "10\t.\t8-9\t0\n"
              "3\t[SEP]\t0-0\t0\n"
              "5\tthe\t0-3\t1\n"
              "6\tcat\t4-7\t1\n"
              "3\t[SEP]\t0-0\t1\n");
    const Ended bare =
        tokenize({"--text", "the", "--pair", "cat", "--no-special-tokens", "--json"});
    const Json json = Json::parse(bare.out);
    EXPECT_EQ(json["ids"], Json({5, 6}));
    EXPECT_EQ(json["token_types"], Json({0, 1}));
}

TEST_F(Tokenize, ALineATokenWithItsBytes) {
    const Ended ended = tokenize({"--text", "The cats."});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out,
              "2\t[CLS]\t0-0\n"
              "5\tthe\t0-3\n"
              "6\tcat\t4-7\n"
              "9\t##s\t7-8\n"
              "10\t.\t8-9\n"
              "3\t[SEP]\t0-0\n");
    EXPECT_EQ(ended.err, "");
}

TEST_F(Tokenize, AsOneObject) {
    const Ended ended = tokenize({"--text", "cat zürich sat", "--json"});
    ASSERT_EQ(ended.status, 0) << ended.err;
    const Json json = Json::parse(ended.out);
    EXPECT_EQ(json.size(), 3u);
    EXPECT_EQ(json["ids"], Json({2, 6, 1, 7, 3}));
    EXPECT_EQ(json["tokens"], Json({"[CLS]", "cat", "[UNK]", "sat", "[SEP]"}));
    const Json spans = json["spans"];
    EXPECT_EQ(spans.size(), 5u);
    EXPECT_EQ(spans[1], Json({0, 3}));
    EXPECT_EQ(spans[2], Json({4, 11}));  // ü takes two bytes
    EXPECT_EQ(spans[3], Json({12, 15}));
    EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1);
}

TEST_F(Tokenize, WithoutSpecialTokens) {
    const Ended ended = tokenize({"--text", "cat sat", "--json", "--no-special-tokens"});
    ASSERT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(Json::parse(ended.out)["ids"], Json({6, 7}));
}

TEST_F(Tokenize, TheTextMayLookLikeAnything) {
    const auto ids = [&](const std::string& text) {
        const Ended ended = tokenize({"--text", text, "--json", "--no-special-tokens"});
        EXPECT_EQ(ended.status, 0) << text << ": " << ended.err;
        return ended.status == 0 ? Json::parse(ended.out)["ids"] : Json();
    };
    EXPECT_EQ(ids("[MASK]"), Json({4}));
    EXPECT_EQ(ids("[CLS] cat [SEP]"), Json({2, 6, 3}));
    EXPECT_EQ(ids("--cat"), Json({1, 1, 6}));
    EXPECT_EQ(ids(""), Json::array());
    EXPECT_EQ(ids("\"cat\""), Json({1, 6, 1}));
}

TEST_F(Tokenize, StandardInputIsReadAsItIs) {
    const Ended ended = tokenize({"--text", "-", "--json", "--no-special-tokens"}, "cat\nsat\n");
    ASSERT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(Json::parse(ended.out)["spans"], Json({{0, 3}, {4, 7}}));
}

TEST(Inspect, ShowsSizesTensorsAndMemory) {
    const Ended ended = fovea({"inspect", "--model", test_model("llama")});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
    const Json config = Json::parse(contents(test_model("llama") / "config.json"));
    const auto has_line = [&](const std::string& name, const std::string& value) {
        std::istringstream lines(ended.out);
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("  " + name + " ") && line.ends_with(" " + value)) return true;
        return false;
    };
    EXPECT_NE(ended.out.find("Llama"), std::string::npos) << ended.out;
    EXPECT_TRUE(has_line("layers", config["num_hidden_layers"].dump())) << ended.out;
    EXPECT_TRUE(has_line("heads", config["num_attention_heads"].dump())) << ended.out;
    EXPECT_TRUE(has_line("key heads", config["num_key_value_heads"].dump())) << ended.out;
    EXPECT_TRUE(has_line("width", config["hidden_size"].dump())) << ended.out;
    EXPECT_NE(ended.out.find("model.layers.0.self_attn.q_proj.weight"), std::string::npos);
    EXPECT_NE(ended.out.find("F32"), std::string::npos);
    EXPECT_EQ(ended.out.find("NaN"), std::string::npos) << ended.out;
}

TEST(Bench, PrintsOneObject) {
    const Ended ended =
        fovea({"bench", "--model", test_model("bert"), "--tokens", "3,12", "--json"});
    ASSERT_EQ(ended.status, 0) << ended.err;
    const Json json = Json::parse(ended.out);
    EXPECT_EQ(json.size(), 2u);
    const Json& machine = json["machine"];
    EXPECT_EQ(machine.size(), 3u);
    for (const char* key : {"threads", "read_gb_s", "gemm_gflop_s"})
        EXPECT_GT(machine.at(key).get<double>(), 0) << key;
    ASSERT_EQ(json["runs"].size(), 2u);
    EXPECT_EQ(json["runs"][0]["tokens"], 3);
    EXPECT_EQ(json["runs"][1]["tokens"], 12);
    for (const Json& run : json["runs"]) {
        for (const char* key : {"forward_ms", "floor_ms", "ratio", "all_maps_ms", "one_map_ms",
                                "resoftmax_cpu_ms", "predict_ms", "peak_memory_mb"})
            EXPECT_GT(run.at(key).get<double>(), 0) << key;
        EXPECT_TRUE(run.at("tokenize_ms").is_null());  // this model has no tokenizer
        const Json& gpu = run.at("resoftmax_gpu_ms");
        EXPECT_TRUE(gpu.is_null() || gpu.get<double>() > 0);
        EXPECT_NE(run.at("gpu"), "");
        EXPECT_NEAR(run["ratio"].get<double>(),
                    run["forward_ms"].get<double>() / run["floor_ms"].get<double>(), 1e-6);
        // Two layers of 4 W² + 2 W F matrix elements are the most of what is read.
        const Json config = Json::parse(contents(test_model("bert") / "config.json"));
        const double width = config["hidden_size"], inner = config["intermediate_size"];
        const double matrices =
            config["num_hidden_layers"].get<double>() * (4 * width * width + 2 * width * inner);
        const double rows = 2 * run["tokens"].get<double>() * width;
        EXPECT_NEAR(run["weight_mb"].get<double>(), 4 * (matrices + rows) / 1e6, 1e-9);
    }
}

TEST(Bench, MeasuresTheGpuAgainstTheCpuAndAgainstItsPeak) {
    const Ended ended =
        fovea({"bench", "--gpu", "--tokens", "40", "--head-dims", "8,20", "--json"});
    if (ended.err.find("no OpenGL 4.3") != std::string::npos) GTEST_SKIP() << ended.err;
    ASSERT_EQ(ended.status, 0) << ended.err;
    const Json json = Json::parse(ended.out);
    const Json& gpu = json.at("gpu");
    EXPECT_NE(gpu.at("device"), "");
    for (const char* key : {"peak_gflop_s", "copy_gb_s"})
        EXPECT_GT(gpu.at(key).get<double>(), 0) << key;
    ASSERT_EQ(json.at("runs").size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
        const Json& run = json["runs"][i];
        const double width = i == 0 ? 8 : 20;
        EXPECT_EQ(run.at("tokens"), 40);
        EXPECT_EQ(run.at("head_dim"), width);
        EXPECT_EQ(run.at("heads"), 12);
        EXPECT_EQ(run.at("pool_cells"), 1600);
        const double score_ms = run.at("score_ms"), pool_ms = run.at("pool_ms");
        ASSERT_GT(score_ms, 0);
        ASSERT_GT(pool_ms, 0);
        // Both passes of 40 x 40 products of a multiplication and an addition for each component.
        const double gflop_s = 4 * 40 * 40 * width / score_ms / 1e6;
        EXPECT_NEAR(run.at("score_gflop_s").get<double>(), gflop_s, 1e-6 * gflop_s);
        EXPECT_NEAR(run.at("pool_gflop_s").get<double>(), 2 * 40 * 40 * width / pool_ms / 1e6,
                    1e-6 * gflop_s * score_ms / pool_ms);
        // Two floats of each component, 1600 weights, and two floats of each row.
        const double gb_s = 4 * (2 * 40 * width + 1600 + 80) / score_ms / 1e6;
        EXPECT_NEAR(run.at("score_gb_s").get<double>(), gb_s, 1e-6 * gb_s);
        EXPECT_NEAR(run.at("score_share_of_arithmetic").get<double>(),
                    gflop_s / gpu["peak_gflop_s"].get<double>(), 1e-6);
        EXPECT_NEAR(run.at("score_speedup").get<double>(),
                    run.at("cpu_ms").get<double>() / score_ms, 1e-6);
    }
}

}  // namespace
}  // namespace fovea::test
