// `fovea export` as a person runs it, against the reference implementation's results.
#include <gtest/gtest.h>

#include <fmt/ranges.h>

#include "exported.h"
#include "program.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string listed(const Json& ids) {
    return fmt::format("{}", fmt::join(ids.get<std::vector<int>>(), ","));
}

/// Every array of the reference whose name is `prefix` and more, beside what was exported:
/// attention to 1e-4, the others to 1e-3 of their largest entry.
void compare(const Arrays& exported, const Arrays& golden, const std::string& prefix,
             bool attentions_only) {
    size_t compared = 0;
    for (const auto& [name, reference] : golden) {
        if (!name.starts_with(prefix)) continue;
        const std::string own = name.substr(prefix.size());
        const bool attention = own.starts_with("attentions.");
        const bool other = own.starts_with("hidden_states.") || own == "logits";
        if (!attention && (attentions_only || !other)) continue;
        const auto found = exported.find(own);
        ASSERT_NE(found, exported.end()) << name << " was not exported";
        const double allowed = attention ? 1e-4 : 1e-3 * largest_entry(reference);
        EXPECT_LE(largest_difference(found->second, reference), allowed) << name;
        ++compared;
    }
    EXPECT_GE(compared, 2u) << prefix;
}

Arrays read_any(const fs::path& file, Index tokens) {
    if (file.extension() == ".npz") return read_npz(file);
    if (file.extension() == ".json") return read_json_arrays(file);
    if (file.extension() == ".csv") return read_csv(file, tokens);
    return read_safetensors(file);
}

class Golden : public testing::TestWithParam<const char*> {
  protected:
    const fs::path model = test_model(GetParam());
    const Json json = Json::parse(contents(model / "golden.json"));
    const Arrays golden = read_safetensors(model / "golden.safetensors");
    const std::string ids = listed(json["input_ids"]);
    const Index tokens = static_cast<Index>(json["input_ids"].size());
    const TemporaryFolder scratch;
};

TEST_P(Golden, EveryFormatHoldsTheReferencesAttention) {
    for (const char* name : {"a.npz", "a.safetensors", "a.json", "a.csv"}) {
        const fs::path file = scratch / name;
        const bool table = file.extension() == ".csv";
        std::vector<std::string> arguments = {"export", "--model", model, "--ids",
                                              ids,      "--out",   file};
        if (!table) arguments.insert(arguments.end(), {"--with", "hidden_states,logits"});
        expect_quiet(fovea(arguments));
        SCOPED_TRACE(name);
        const Arrays exported = read_any(file, tokens);
        compare(exported, golden, "", table);
        if (table) continue;
        ASSERT_TRUE(exported.contains("input_ids"));
        EXPECT_EQ(exported.at("input_ids").values, json["input_ids"].get<std::vector<double>>());
    }
}

TEST_P(Golden, EveryEditRunsThroughTheModel) {
    for (const auto& [name, edit] : json["edits"].items()) {
        write_file(scratch / "edits.json", edit.dump());
        const fs::path file = scratch / "edited.safetensors";
        expect_quiet(
            fovea({"export", "--model", model, "--ids", ids, "--edits", scratch / "edits.json",
                   "--with", "hidden_states,logits", "--out", file}));
        SCOPED_TRACE(name);
        compare(read_safetensors(file), golden, "edit." + name + ".", false);
    }
}

TEST_P(Golden, LayersAndHeadsAreThoseAskedFor) {
    const fs::path file = scratch / "part.npz";
    expect_quiet(fovea({"export", "--model", model, "--ids", ids, "--layers", "1", "--heads", "1,3",
                        "--out", file}));
    const Arrays exported = read_npz(file);
    EXPECT_FALSE(exported.contains("attentions.0"));
    const Array& whole = golden.at("attentions.1");
    const auto map = static_cast<size_t>(tokens * tokens);
    Array expected{{2, tokens, tokens}, {}};
    for (const size_t head : {1, 3}) {
        const auto begin = whole.values.begin() + static_cast<std::ptrdiff_t>(head * map);
        expected.values.insert(expected.values.end(), begin,
                               begin + static_cast<std::ptrdiff_t>(map));
    }
    EXPECT_LE(largest_difference(exported.at("attentions.1"), expected), 1e-4);
}

TEST_P(Golden, MetricsFollowFromTheWeights) {
    const fs::path file = scratch / "metrics.safetensors";
    expect_quiet(
        fovea({"export", "--model", model, "--ids", ids, "--with", "metrics", "--out", file}));
    const Arrays exported = read_safetensors(file);
    for (const std::string layer : {"0", "1"}) {
        const Array& weights = golden.at("attentions." + layer);
        const Index rows = weights.shape[0] * tokens;
        Array entropy{{weights.shape[0], tokens}, {}}, confidence = entropy, first = entropy;
        for (Index row = 0; row < rows; ++row) {
            const double* weight = weights.values.data() + row * tokens;
            double sum = 0, largest = 0;
            for (Index key = 0; key < tokens; ++key) {
                if (weight[key] > 0) sum -= weight[key] * std::log(weight[key]);
                largest = std::max(largest, weight[key]);
            }
            entropy.values.push_back(sum);
            confidence.values.push_back(largest);
            first.values.push_back(weight[0]);
        }
        EXPECT_LE(largest_difference(exported.at("entropy." + layer), entropy), 1e-3);
        EXPECT_LE(largest_difference(exported.at("confidence." + layer), confidence), 1e-4);
        EXPECT_LE(largest_difference(exported.at("share_first." + layer), first), 1e-4);
    }
}

TEST_P(Golden, ScoresAreTheLogitsBehindTheWeights) {
    const fs::path file = scratch / "logits.safetensors";
    expect_quiet(fovea(
        {"export", "--model", model, "--ids", ids, "--with", "attention_logits", "--out", file}));
    const Arrays exported = read_safetensors(file);
    const Array& scores = exported.at("attention_logits.0");
    const Array& weights = golden.at("attentions.0");
    ASSERT_EQ(scores.shape, weights.shape);
    // Softmax over the keys that the reference gives any weight, in double.
    Array again{weights.shape, std::vector<double>(weights.values.size(), 0.0)};
    for (size_t row = 0; row < weights.values.size(); row += static_cast<size_t>(tokens)) {
        double sum = 0;
        for (size_t i = row; i < row + static_cast<size_t>(tokens); ++i)
            if (weights.values[i] > 0) sum += again.values[i] = std::exp(scores.values[i]);
        for (size_t i = row; i < row + static_cast<size_t>(tokens); ++i)
            again.values[i] /= sum;
    }
    EXPECT_LE(largest_difference(again, weights), 1e-4);
}

TEST_P(Golden, PicturesAreOfTheirFormat) {
    const std::pair<const char*, std::string> formats[] = {
        {"a.png", "\x89PNG\r\n\x1a\n"}, {"a.svg", "<?xml"}, {"a.pdf", "%PDF-"}};
    for (const auto& [name, beginning] : formats) {
        for (const bool one_head : {false, true}) {
            std::vector<std::string> arguments = {"export", "--model", model,         "--ids",
                                                  ids,      "--out",   scratch / name};
            if (one_head) arguments.insert(arguments.end(), {"--layers", "0", "--heads", "1"});
            expect_quiet(fovea(arguments));
            const std::string bytes = contents(scratch / name);
            EXPECT_EQ(bytes.substr(0, beginning.size()), beginning) << name;
            EXPECT_GT(bytes.size(), 2000u) << name;
        }
    }
}

TEST_P(Golden, TheFileSaysWhereItComesFrom) {
    write_file(scratch / "edits.json", R"({"temperature": [{"value": 0.5, "layer": 1}]})");
    const fs::path file = scratch / "a.safetensors";
    expect_quiet(fovea({"export", "--model", model, "--ids", ids, "--edits", scratch / "edits.json",
                        "--out", file}));
    const auto checkpoint = Checkpoint::open_safetensors(file);
    ASSERT_TRUE(checkpoint.ok());
    const auto& metadata = (*checkpoint)->metadata();
    EXPECT_EQ(metadata.at("model"), GetParam());
    EXPECT_EQ(Json::parse(metadata.at("edits")), Json::parse(contents(scratch / "edits.json")));
    EXPECT_EQ(Json::parse(metadata.at("tokens")).size(), static_cast<size_t>(tokens));
    EXPECT_TRUE(metadata.contains("version"));
}

INSTANTIATE_TEST_SUITE_P(Models, Golden, testing::Values("bert", "gpt2", "llama"));

TEST(Stories, ATextIsReadAsTheReferenceReadsIt) {
    const fs::path model = fs::path(GOLDENS) / "models" / "stories260k";
    if (!fs::exists(model / "golden.json"))
        GTEST_SKIP() << "the trained reference model is not on this machine";
    const Json json = Json::parse(contents(model / "golden.json"));
    const Arrays golden = read_safetensors(model / "golden.safetensors");
    const TemporaryFolder scratch;
    for (size_t i = 0; i < json.size(); ++i) {
        const fs::path file = scratch / "story.npz";
        // Through standard input: byte for byte, whatever the text.
        expect_quiet(fovea({"export", "--model", model, "--text", "-", "--with",
                            "hidden_states,logits", "--out", file},
                           json[i]["text"].get<std::string>()));
        const Arrays exported = read_npz(file);
        EXPECT_EQ(exported.at("input_ids").values, json[i]["ids"].get<std::vector<double>>());
        compare(exported, golden, std::to_string(i) + ".", false);
    }
}

}  // namespace
}  // namespace fovea::test
