// `fovea export` on encoder-decoders: three families of maps, against the reference's results.
#include <gtest/gtest.h>

#include <fmt/ranges.h>

#include "exported.h"
#include "program.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class EncoderDecoder : public testing::TestWithParam<const char*> {
  protected:
    std::string numbers(const std::vector<double>& values) const {
        return fmt::format("{}", fmt::join(std::vector<long>(values.begin(), values.end()), ","));
    }
    std::vector<std::string> command(std::vector<std::string> more) const {
        std::vector<std::string> all = {"export", "--model",       model,      "--ids",
                                        ids,      "--decoder-ids", decoder_ids};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    const fs::path model = test_model(GetParam());
    const Arrays golden = read_safetensors(model / "golden.safetensors");
    const std::string ids = numbers(golden.at("input_ids").values);
    const std::string decoder_ids = numbers(golden.at("decoder_input_ids").values);
    const TemporaryFolder scratch;
};

TEST_P(EncoderDecoder, AllThreeFamiliesAreTheReferences) {
    const fs::path file = scratch / "all.npz";
    expect_quiet(fovea(command({"--with", "hidden_states,logits", "--out", file})));
    const Arrays exported = read_npz(file);
    size_t compared = 0;
    for (const auto& [name, reference] : golden) {
        ASSERT_TRUE(exported.contains(name)) << name << " was not exported";
        const bool attention = name.find("attentions.") != std::string::npos;
        EXPECT_LE(largest_difference(exported.at(name), reference),
                  attention ? 1e-4 : 1e-3 * largest_entry(reference))
            << name;
        EXPECT_EQ(exported.at(name).shape, reference.shape) << name;
        ++compared;
    }
    EXPECT_GE(compared, 12u);
}

TEST_P(EncoderDecoder, OnePartAlone) {
    const fs::path file = scratch / "cross.safetensors";
    expect_quiet(fovea(
        command({"--part", "cross", "--layers", "1", "--with", "metrics,scores", "--out", file})));
    const Arrays exported = read_safetensors(file);
    EXPECT_TRUE(exported.contains("cross.attentions.1"));
    EXPECT_TRUE(exported.contains("cross.attention_logits.1"));
    EXPECT_TRUE(exported.contains("cross.entropy.1"));
    EXPECT_FALSE(exported.contains("cross.attentions.0"));
    EXPECT_FALSE(exported.contains("encoder.attentions.1"));
    EXPECT_EQ(exported.at("cross.entropy.1").shape, (std::vector<Index>{4, 9}));
}

TEST_P(EncoderDecoder, PicturesAndTables) {
    for (const char* name : {"a.png", "a.svg", "a.pdf"})
        expect_quiet(fovea(command({"--layers", "0", "--heads", "1", "--out", scratch / name})));
    expect_quiet(fovea(command({"--part", "encoder", "--out", scratch / "grid.png"})));
    const fs::path table = scratch / "cells.csv";
    expect_quiet(fovea(command({"--layers", "1", "--heads", "2", "--out", table})));
    const std::string text = contents(table);
    EXPECT_TRUE(text.starts_with("part,layer,head,query,key,query_token,key_token,weight\n"));
    size_t encoder = 0, decoder = 0, cross = 0;
    for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; ++at) {
        encoder += text.compare(at + 1, 8, "encoder,") == 0;
        decoder += text.compare(at + 1, 8, "decoder,") == 0;
        cross += text.compare(at + 1, 6, "cross,") == 0;
    }
    EXPECT_EQ(encoder, 14u * 14u);
    EXPECT_EQ(decoder, 9u * 9u);
    EXPECT_EQ(cross, 9u * 14u);
}

TEST_P(EncoderDecoder, EditsNameAPart) {
    write_file(scratch / "edits.json", R"({"block": [{"query": 3, "key": 13, "part": "cross"}]})");
    const fs::path file = scratch / "edited.safetensors";
    expect_quiet(fovea(command({"--edits", scratch / "edits.json", "--out", file})));
    const Arrays exported = read_safetensors(file);
    EXPECT_EQ(exported.at("encoder.attentions.1").values.size(),
              golden.at("encoder.attentions.1").values.size());
    EXPECT_LE(
        largest_difference(exported.at("encoder.attentions.1"), golden.at("encoder.attentions.1")),
        1e-4);
    EXPECT_EQ(exported.at("cross.attentions.0").values[3 * 14 + 13], 0);
    write_file(scratch / "edits.json", R"({"block": [{"query": 9, "key": 13, "part": "cross"}]})");
    const Ended wrong = fovea(command({"--edits", scratch / "edits.json", "--out", file}));
    EXPECT_NE(wrong.status, 0);
    EXPECT_NE(wrong.err.find("query 9 is out of range: there are 9 tokens"), std::string::npos)
        << wrong.err;
}

INSTANTIATE_TEST_SUITE_P(Models, EncoderDecoder,
                         testing::Values("t5", "flan_t5", "bart", "marian"));

TEST(OneStack, TakesNoTarget) {
    const TemporaryFolder scratch;
    const Ended run = fovea({"export", "--model", test_model("gpt2"), "--ids", "1,2",
                             "--decoder-ids", "0,1", "--out", scratch / "a.npz"});
    EXPECT_NE(run.status, 0);
    EXPECT_NE(run.err.find("no decoder beside an encoder"), std::string::npos) << run.err;
    EXPECT_FALSE(fs::exists(scratch / "a.npz"));
}

TEST(Phonemes, AreWrittenWhereNoneAreGiven) {
    const fs::path model = fs::path(GOLDENS) / "models/misaki-bart-us";
    if (!fs::exists(model)) GTEST_SKIP() << "the reference data is not beside this clone";
    const Json json = Json::parse(contents(model / "golden.json"));
    const Arrays golden = read_safetensors(model / "golden.safetensors");
    const TemporaryFolder scratch;
    for (size_t i = 0; i < json.size(); ++i) {
        const fs::path file = scratch / "phonemes.safetensors";
        expect_quiet(fovea({"export", "--model", model, "--text", json[i]["text"], "--with",
                            "hidden_states,logits", "--out", file}));
        const Arrays exported = read_safetensors(file);
        const std::string prefix = std::to_string(i) + ".";
        size_t compared = 0;
        for (const auto& [name, reference] : golden) {
            if (!name.starts_with(prefix)) continue;
            ASSERT_TRUE(exported.contains(name.substr(prefix.size()))) << name;
            EXPECT_LE(largest_difference(exported.at(name.substr(prefix.size())), reference),
                      1e-4 * std::max(1.0, largest_entry(reference)))
                << name;
            ++compared;
        }
        EXPECT_GE(compared, 8u);
    }
}

}  // namespace
}  // namespace fovea::test
