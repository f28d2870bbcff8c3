// `fovea analyse` as a person runs it, against the reference implementation in double precision.
#include <gtest/gtest.h>

#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "exported.h"
#include "program.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class AnalyseGolden : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const fs::path folder = fs::path(GOLDENS) / "analysis" / GetParam();
        if (!fs::exists(folder / "golden.json"))
            GTEST_SKIP() << "the reference data is not beside this clone";
        json = Json::parse(contents(folder / "golden.json"));
        golden = read_safetensors(folder / "golden.safetensors");
        model = fs::path(GOLDENS) / "models" / GetParam();
        ids = fmt::format("{}", fmt::join(json["ids"].get<std::vector<int>>(), ","));
    }
    /// What one analysis writes, read back.
    Arrays answer(std::vector<std::string> arguments, const char* file = "a.safetensors") {
        arguments.insert(arguments.begin(), "analyse");
        arguments.insert(arguments.end(),
                         {"--model", model, "--ids", ids, "--out", scratch / file});
        const Ended ended = fovea(arguments);
        EXPECT_EQ(ended.status, 0) << ended.err;
        EXPECT_EQ(ended.err, "");
        return fs::path(file).extension() == ".npz" ? read_npz(scratch / file)
                                                    : read_safetensors(scratch / file);
    }
    void expect_close(const Arrays& ours, const std::string& prefix) {
        size_t compared = 0;
        for (const auto& [name, reference] : golden) {
            if (!name.starts_with(prefix)) continue;
            const auto found = ours.find(name);
            if (found == ours.end()) continue;
            EXPECT_EQ(found->second.shape, reference.shape) << name;
            EXPECT_LE(largest_difference(found->second, reference), 1e-4 * largest_entry(reference))
                << name;
            ++compared;
        }
        EXPECT_GT(compared, 0u) << prefix;
    }

    Json json;
    Arrays golden;
    fs::path model;
    std::string ids;
    const TemporaryFolder scratch;
};

TEST_P(AnalyseGolden, CellsAreTheReferences) {
    for (const Json& cell : json["qk_cells"]) {
        const std::string where =
            fmt::format("{}.{}.{}.{}", cell["layer"].get<int>(), cell["head"].get<int>(),
                        cell["query"].get<int>(), cell["key"].get<int>());
        const Arrays ours = answer({"cell", "--cell", where});
        expect_close(ours, "qk." + where);
        double sum = 0;
        for (const double entry : ours.at("qk." + where).values)
            sum += entry;
        EXPECT_NEAR(sum, cell["score"].get<double>(),
                    1e-4 * std::max(1.0, std::abs(cell["score"].get<double>())));
    }
}

TEST_P(AnalyseGolden, TheLensIsTheReferences) {
    expect_close(answer({"lens"}, "a.npz"), "lens.");
}

TEST_P(AnalyseGolden, NormsAreTheReferences) {
    expect_close(answer({"norms"}), "value_norms.");
}

INSTANTIATE_TEST_SUITE_P(Models, AnalyseGolden,
                         testing::Values("gpt2", "llama", "qwen3", "gemma3_text", "gpt_neox", "opt",
                                         "phi", "bert", "stories260k"),
                         [](const auto& info) { return std::string(info.param); });

std::vector<std::string> about(const char* model, std::vector<std::string> more) {
    std::vector<std::string> arguments = {"analyse"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {"--model", test_model(model), "--ids", "5,17,9,41"});
    return arguments;
}

TEST(Analyse, EveryFormatIsWritten) {
    const TemporaryFolder scratch;
    for (const char* name : {"cell", "lens", "norms"})
        for (const char* file :
             {"a.npz", "a.safetensors", "a.json", "a.csv", "a.png", "a.svg", "a.pdf"}) {
            SCOPED_TRACE(fmt::format("{} {}", name, file));
            const Ended ended = fovea(about("gpt2", {name, "--out", scratch / file}));
            EXPECT_EQ(ended.status, 0) << ended.err;
            EXPECT_GT(fs::file_size(scratch / file), 100u);
        }
    const Json json = Json::parse(contents(scratch / "a.json"));
    EXPECT_TRUE(json.contains("arrays"));
    EXPECT_TRUE(json.contains("findings"));
    EXPECT_TRUE(json.contains("sentences"));
}

TEST(Analyse, TheListFollowsFromTheList) {
    const Ended plain = fovea({"analyse", "--list"});
    EXPECT_EQ(plain.status, 0);
    EXPECT_NE(plain.out.find("Why does this query look at this key?"), std::string::npos);
    const Ended as_json = fovea({"analyse", "--list", "--json"});
    const Json list = Json::parse(as_json.out);
    std::vector<std::string> names;
    for (const Json& one : list) {
        names.push_back(one["name"]);
        EXPECT_FALSE(one["question"].get<std::string>().empty());
    }
    EXPECT_EQ(names, (std::vector<std::string>{"cell", "lens", "norms"}));
}

/// Beside the weights they are the analysis' own, some heads and layers and edits included.
TEST(Analyse, NormsAreExportedBesideTheWeights) {
    const TemporaryFolder scratch;
    write_file(scratch / "edits.json", R"({"temperature": [{"value": 0.5}]})");
    const std::vector<std::string> edits = {"--edits", scratch / "edits.json"};
    for (const char* model : {"gpt2", "llama", "bart"}) {
        std::vector<std::string> analyse =
            about(model, {"norms", "--out", scratch / "a.safetensors"});
        std::vector<std::string> write = {"export",
                                          "--model",
                                          test_model(model),
                                          "--ids",
                                          "5,17,9,41",
                                          "--with",
                                          "value_norms",
                                          "--heads",
                                          "1",
                                          "--layers",
                                          "1",
                                          "--out",
                                          scratch / "b.safetensors"};
        for (auto* arguments : {&analyse, &write})
            arguments->insert(arguments->end(), edits.begin(), edits.end());
        const Ended analysed = fovea(analyse), exported = fovea(write);
        ASSERT_EQ(analysed.status, 0) << analysed.err;
        ASSERT_EQ(exported.status, 0) << exported.err;
        const Array all = read_safetensors(scratch / "a.safetensors").at("value_norms.1");
        const std::string part = model == std::string("bart") ? "cross." : "";
        const Arrays arrays = read_safetensors(scratch / "b.safetensors");
        const Array one = arrays.at(part + "value_norms.1");
        const Index cells = all.shape[1] * all.shape[2];
        ASSERT_EQ(one.shape, (std::vector<Index>{1, all.shape[1], all.shape[2]})) << model;
        for (Index i = 0; i < cells; ++i)
            EXPECT_NEAR(one.values[static_cast<size_t>(i)],
                        all.values[static_cast<size_t>(cells + i)],
                        1e-6 * (1 + std::abs(all.values[static_cast<size_t>(cells + i)])))
                << model << " " << i;
    }
}

/// .NPZ is .npz: whoever types it that way means it.
TEST(Analyse, EndingsMayBeInCapitals) {
    const TemporaryFolder scratch;
    for (const char* name : {"a.NPZ", "a.Png", "a.JSON"}) {
        const Ended ended = fovea(about("gpt2", {"norms", "--out", scratch / name}));
        EXPECT_EQ(ended.status, 0) << ended.err;
        EXPECT_TRUE(fs::exists(scratch / name)) << name;
    }
    // One array of several is chosen for a format that holds one.
    const Ended one =
        fovea(about("gpt2", {"norms", "--only", "value_norms.1", "--out", scratch / "b.NPY"}));
    EXPECT_EQ(one.status, 0) << one.err;
    const Ended exported = fovea({"export", "--model", test_model("gpt2"), "--ids", "5,6", "--out",
                                  scratch / "maps.SafeTensors"});
    EXPECT_EQ(exported.status, 0) << exported.err;
}

/// A table has a row for every key, all numbers, though the figure has room for seven.
TEST(Analyse, TablesHoldEveryKey) {
    const TemporaryFolder scratch;
    const auto ask = [&](const char* file, std::vector<std::string> more) {
        std::vector<std::string> arguments = {"analyse", "cell",
                                              "--model", test_model("gpt2"),
                                              "--ids",   "5,17,9,41,3,8,22,60,11,13,2,7",
                                              "--cell",  "1.1.10.4",
                                              "--out",   scratch / file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return fovea(arguments);
    };
    ASSERT_EQ(ask("a.csv", {}).status, 0);
    ASSERT_EQ(ask("a.npz", {"--only", "attentions.1.1.10", "--only",
                            "attention_logits.1.1.10,shares.1.1.10"})
                  .status,
              0);
    const Arrays arrays = read_npz(scratch / "a.npz");
    EXPECT_FALSE(arrays.contains("qk.1.1.10.4")) << "not asked for";
    std::vector<double> weights = arrays.at("attentions.1.1.10").values;
    std::istringstream lines(contents(scratch / "a.weight.csv"));
    std::string line;
    std::getline(lines, line);
    std::vector<double> written;
    size_t logits = 0;
    while (std::getline(lines, line)) {
        const size_t weight = line.rfind(','), logit = line.rfind(',', weight - 1);
        written.push_back(std::stod(line.substr(weight + 1)));
        const std::string text = line.substr(logit + 1, weight - logit - 1);
        if (text.empty()) continue;
        ++logits;
        size_t read = 0;
        static_cast<void>(std::stod(text, &read));
        EXPECT_EQ(read, text.size()) << line;
    }
    ASSERT_EQ(written.size(), 12u + 1) << "every key, and the sum";
    EXPECT_EQ(logits, 11u) << "one key is masked";
    EXPECT_NEAR(written.back(), 1, 1e-5);
    written.pop_back();
    std::sort(written.begin(), written.end());
    std::sort(weights.begin(), weights.end());
    for (size_t i = 0; i < weights.size(); ++i)
        EXPECT_NEAR(written[i], weights[i], 1e-6);
    // What stands beside it and is another's is not written over.
    std::ofstream(scratch / "b.weight.csv") << "mine";
    const Ended ended = ask("b.csv", {});
    EXPECT_EQ(ended.status, 1);
    EXPECT_NE(ended.err.find("b.weight.csv would go beside it"), std::string::npos) << ended.err;
    EXPECT_EQ(contents(scratch / "b.weight.csv"), "mine");
    EXPECT_FALSE(fs::exists(scratch / "b.csv"));
}

TEST(Analyse, WhatMakesNoSenseIsRefusedInASentence) {
    const TemporaryFolder scratch;
    const auto says = [](const std::vector<std::string>& arguments, int status,
                         std::string_view words) {
        const Ended ended = fovea(arguments);
        EXPECT_EQ(ended.status, status) << ended.err;
        EXPECT_NE(ended.err.find(words), std::string::npos) << ended.err;
        EXPECT_EQ(ended.out, "");
    };
    // No language head: what can be asked instead.
    says(about("electra", {"lens", "--target", "x"}), 1,
         "has no language-model head, so it predicts no token: lens cannot be asked of it; cell, "
         "norms can");
    says(about("gpt2", {"nonsense"}), 2, "there is no analysis nonsense; there are cell, lens");
    says(about("gpt2", {"cell", "--target-id", "3"}), 2, "analyse cell: --target-id is not for it");
    says(about("gpt2", {"norms", "--colour", "rank"}), 2, "analyse norms: --colour is not for it");
    says(about("gpt2", {"lens", "--against-ids", "5,6"}), 2,
         "analyse lens: --against-ids is not for it");
    says(about("gpt2", {"cell", "--cell", "1.2"}), 2, "1.2: not LAYER.HEAD.QUERY.KEY");
    says(about("gpt2", {"cell", "--cell", "0.0.9.0"}), 1,
         "query 9 is out of range: there are 4 (0 to 3)");
    says(about("gpt2", {"lens", "--target-id", "100000"}), 1, "target 100000 is out of range");
    says(about("gpt2", {"lens", "--colour", "pink"}), 1,
         "colour: pink is none of probability, rank, entropy");
    says(about("gpt2", {"cell", "--out", scratch / "a.xyz"}), 2, "no format ends in .xyz");
    says(about("gpt2", {"lens", "--position", "-1"}), 2, "not the number of a token");
    says(about("gpt2", {"lens", "--only", "rank"}), 2, "--only goes with --out");
    says(about("gpt2", {"lens", "--only", "a,b", "--out", scratch / "a.npy"}), 2,
         ".npy holds all or one: give --only one name");
    says(about("gpt2", {"lens", "--only", "nothing", "--out", scratch / "a.npz"}), 1,
         "there is no array \"nothing\"; there are ");
    says(about("gpt2", {"lens", "--json"}), 2, "--json goes with --list");
    says(about("gpt2", {"--list", "lens"}), 2, "it takes no name");
    says({"analyse", "lens", "--model", test_model("bart"), "--ids", "5,6,7", "--decoder-ids",
          "0,5", "--part", "cross"},
         2, "analyse lens: --part is not for it");
    says({"analyse", "cell"}, 2, "--model is required");
    says({"analyse"}, 2, "--list names them");
    EXPECT_TRUE(fs::is_empty(scratch.path()));
}

}  // namespace
}  // namespace fovea::test
