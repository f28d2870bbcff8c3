// Loading: what config.json and the checkpoint may look like, and what is refused, by name.
#include "engine/model/model.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/arch/arch_spec.h"
#include "engine/model/config.h"
#include "engine/model/forward.h"
#include "engine/trace/head_map.h"
#include "tests/engine/expect_says.h"
#include "tests/engine/temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A copy of a golden folder that a test may spoil.
class SpoiledModel : public testing::Test {
  protected:
    void copy(const std::string& model) {
        for (const char* name : {"config.json", "model.safetensors"})
            fs::copy_file(fs::path(TEST_DATA) / "models" / model / name, folder_ / name,
                          fs::copy_options::overwrite_existing);
    }

    void change_config(const std::function<void(Json&)>& change) {
        std::ifstream in(folder_ / "config.json");
        Json config = Json::parse(in);
        change(config);
        std::ofstream(folder_ / "config.json") << config.dump();
    }

    /// Rewrites the header of model.safetensors; the data stays where it is.
    void change_header(const std::function<void(Json&)>& change,
                       const std::function<void(std::string&)>& change_data = {}) {
        std::ifstream in(folder_ / "model.safetensors", std::ios::binary);
        std::string file((std::istreambuf_iterator<char>(in)), {});
        std::uint64_t length;
        std::memcpy(&length, file.data(), 8);
        Json header = Json::parse(file.substr(8, length));
        std::string data = file.substr(8 + length);
        change(header);
        if (change_data) change_data(data);
        const std::string text = header.dump();
        length = text.size();
        std::ofstream out(folder_ / "model.safetensors", std::ios::binary);
        out.write(reinterpret_cast<const char*>(&length), 8);
        out << text << data;
    }

    std::string error() {
        const auto model = Model::load(folder_);
        return model.ok() ? "no error" : model.message();
    }
    void error_has(const std::string& text) { test::expect_says(error(), text); }

    const test::TemporaryFolder own_;
    const fs::path folder_ = own_.path();
};

TEST_F(SpoiledModel, ConfigErrorsNameFileAndKey) {
    copy("gpt2");
    change_config([](Json& config) {
        config.erase("model_type");
        config.erase("architectures");
    });
    error_has("config.json: \"model_type\" is missing");
    change_config([](Json& config) { config["model_type"] = "mamba"; });
    error_has("unknown model_type \"mamba\" (known: albert, bart, bert");
    copy("gpt2");
    change_config([](Json& config) { config["n_head"] = "many"; });
    error_has("\"n_head\" must be a whole number");
    copy("gpt2");
    change_config([](Json& config) { config["n_embd"] = 1e18; });
    error_has("\"n_embd\" must be a whole number up to");
    copy("gpt2");
    change_config([](Json& config) { config["n_layer"] = 0; });
    error_has("the number of layers must be at least 1");
    copy("gpt2");
    change_config([](Json& config) { config["add_cross_attention"] = true; });
    error_has("cannot run \"add_cross_attention\": true");
    copy("gpt2");
    change_config([](Json& config) { config["activation_function"] = "prelu"; });
    error_has("cannot run the activation \"prelu\" (\"activation_function\"; known: ");
    copy("llama");
    change_config([](Json& config) { config["num_key_value_heads"] = 3; });
    error_has("4 heads cannot share 3 key heads evenly");
    copy("llama");
    change_config([](Json& config) {
        config["rope_scaling"] = {{"rope_type", "longrope"}, {"factor", 8}};
    });
    error_has("cannot run rotary positions of the kind \"longrope\"");
    std::ofstream(folder_ / "config.json") << "{\"model_type\": \"bert\"";
    error_has("not a JSON object");
}

TEST_F(SpoiledModel, AllMissingAndMisshapenTensorsAtOnce) {
    copy("bert");
    change_header([](Json& header) {
        header["bert.encoder.layer.1.attention.self.query.weight"]["shape"] = {24, 96};
        header["somebody.else"] = header["bert.encoder.layer.0.output.dense.bias"];
        header.erase("bert.encoder.layer.0.output.dense.bias");
    });
    error_has("encoder.layer.0.output.dense.bias [48] is missing");
    error_has(
        "encoder.layer.1.attention.self.query.weight has shape [24, 96], should have [48, 48]");
    error_has("2 of the model's tensors do not fit");
}

TEST_F(SpoiledModel, MissingFiles) {
    error_has("config.json");
    copy("bert");
    fs::remove(folder_ / "model.safetensors");
    error_has("model.safetensors: no such file");
    std::ofstream(folder_ / "pytorch_model.bin") << "pickle";
    error_has("a pickle that Fovea does not read");
    fs::remove_all(folder_);
    error_has("no such folder");
}

TEST_F(SpoiledModel, NamesOfTheWildGiveTheSameResult) {
    copy("bert");
    // From the untouched folder: the copy is rewritten under the mapping of whoever has it open.
    const auto plain = Model::load(fs::path(TEST_DATA) / "models/bert");
    ASSERT_TRUE(plain.ok()) << plain.message();
    // As sentence-transformers' files and the oldest BERT files spell them, without a language
    // head.
    change_header([](Json& header) {
        Json renamed = Json::object();
        for (const auto& [key, value] : header.items()) {
            std::string name = key;
            if (name.starts_with("bert.")) name = name.substr(5);
            for (const auto& [today, older] :
                 {std::pair<std::string, std::string>{"LayerNorm.weight", "LayerNorm.gamma"},
                  {"LayerNorm.bias", "LayerNorm.beta"}})
                if (const auto at = name.find(today); at != std::string::npos)
                    name.replace(at, today.size(), older);
            if (name.starts_with("cls.")) name = "left.over." + name;
            renamed[name] = value;
        }
        header = renamed;
    });
    const auto wild = Model::load(folder_);
    ASSERT_TRUE(wild.ok()) << wild.message();
    EXPECT_TRUE((*plain)->has_language_head());
    EXPECT_FALSE((*wild)->has_language_head());
    const auto a = run(**plain, {{1, 2, 3}, {}}, nullptr, {});
    const auto b = run(**wild, {{1, 2, 3}, {}}, nullptr, {});
    ASSERT_TRUE(a.ok() && b.ok());
    for (Index i = 0; i < (*a)->hidden_states.back()->size(); ++i)
        ASSERT_EQ((*a)->hidden_states.back()->data()[i], (*b)->hidden_states.back()->data()[i]);
}

TEST_F(SpoiledModel, NanInWeightsIsReportedWithItsLayer) {
    copy("gpt2");
    Index at = 0;
    change_header(
        [&](Json& header) {
            at = header["transformer.h.1.mlp.c_fc.bias"]["data_offsets"][0].get<Index>();
        },
        [&](std::string& data) {
            const float nan = std::numeric_limits<float>::quiet_NaN();
            std::memcpy(data.data() + at, &nan, sizeof nan);
        });
    const auto model = Model::load(folder_);
    ASSERT_TRUE(model.ok()) << model.message();
    const auto trace = run(**model, {{1, 2, 3}, {}}, nullptr, {});
    ASSERT_TRUE(trace.ok());
    EXPECT_EQ((*trace)->first_non_finite_layer, 1);
}

/// Turns every tensor of the checkpoint into bfloat16, whose values are floats with the lower half
/// cut off; in the second checkpoint the same values stand as float32.
TEST_F(SpoiledModel, Bfloat16GivesWhatItsValuesGiveAsFloat32) {
    copy("gpt2");
    change_header([](Json&) {},
                  [](std::string& data) {
                      for (size_t i = 0; i + 4 <= data.size(); i += 4)
                          data[i] = data[i + 1] = 0;
                  });
    Result<std::shared_ptr<const Trace>> expected = fail("not run");
    {
        const auto full = Model::load(folder_);
        ASSERT_TRUE(full.ok()) << full.message();
        expected = run(**full, {{1, 2, 3}, {}}, nullptr, {});
    }
    ASSERT_TRUE(expected.ok());

    change_header(
        [](Json& header) {
            for (auto& [name, entry] : header.items()) {
                if (name == "__metadata__") continue;
                entry["dtype"] = "BF16";
                for (auto& offset : entry["data_offsets"])
                    offset = offset.get<Index>() / 2;
            }
        },
        [](std::string& data) {
            std::string halves;
            for (size_t i = 0; i + 4 <= data.size(); i += 4)
                halves += data.substr(i + 2, 2);
            data = halves;
        });
    const auto half = Model::load(folder_);
    ASSERT_TRUE(half.ok()) << half.message();
    const auto trace = run(**half, {{1, 2, 3}, {}}, nullptr, {});
    ASSERT_TRUE(trace.ok());
    const Tensor& a = *(*expected)->hidden_states.back();
    const Tensor& b = *(*trace)->hidden_states.back();
    for (Index i = 0; i < a.size(); ++i)
        ASSERT_NEAR(a.data()[i], b.data()[i], 1e-5);
}

TEST(Run, RefusesWhatIsOutOfRange) {
    const auto model = Model::load(fs::path(TEST_DATA) / "models/gpt2");
    ASSERT_TRUE(model.ok());
    const auto message = [&](std::vector<std::int32_t> ids, Edits edits = {}) {
        const auto trace = run(**model, {std::move(ids), std::move(edits)}, nullptr, {});
        return trace.ok() ? std::string("no error") : trace.message();
    };
    EXPECT_EQ(message({}), "the sentence is empty");
    EXPECT_EQ(message({1, 512}), "token id 512 is out of range: the vocabulary has 512 entries");
    EXPECT_EQ(message({-1}), "token id -1 is out of range: the vocabulary has 512 entries");
    EXPECT_EQ(message(std::vector<std::int32_t>(129, 1)),
              "the sentence has 129 tokens, the context of gpt2 holds 128");
    Edits edits;
    edits.blocks.push_back({{}, {}, 2});
    EXPECT_EQ(message({1, 2}, edits), "key 2 is out of range: there are 2 tokens");
    EXPECT_EQ(message({1, 2, 3}, edits), "no error");
}

TEST(Run, CancelledPassLeavesNoTrace) {
    const auto model = Model::load(fs::path(TEST_DATA) / "models/gpt2");
    ASSERT_TRUE(model.ok());
    CancelToken cancel;
    cancel.cancel();
    const auto trace = run(**model, {{1, 2}, {}}, nullptr, cancel);
    ASSERT_FALSE(trace.ok());
    EXPECT_EQ(trace.message(), cancelled_message);
}

TEST(Run, LayersBelowTheLowestEditAreTheSameObjects) {
    const auto model = Model::load(fs::path(TEST_DATA) / "models/llama");
    ASSERT_TRUE(model.ok());
    const std::vector<std::int32_t> ids{5, 6, 7, 8};
    const auto plain = run(**model, {ids, {}}, nullptr, {});
    Edits edits;
    edits.ablations.push_back({{1, 0}, AblationTarget::zero});
    const auto edited = run(**model, {ids, edits}, plain->get(), {});
    ASSERT_TRUE(edited.ok());
    EXPECT_EQ((*edited)->layers[0], (*plain)->layers[0]);
    EXPECT_NE((*edited)->layers[1], (*plain)->layers[1]);
    EXPECT_NE((*edited)->layers[2], (*plain)->layers[2]);
    const auto back = run(**model, {ids, {}}, edited->get(), {});
    for (Index i = 0; i < (*plain)->hidden_states.back()->size(); ++i)
        ASSERT_EQ((*back)->hidden_states.back()->data()[i],
                  (*plain)->hidden_states.back()->data()[i]);
}

TEST(TopPredictions, BestFirstAndSumming) {
    const float logits[] = {0, std::log(2.0f), std::log(5.0f), -1e30f};
    const auto best = top_ids(logits, 3);
    ASSERT_EQ(best.size(), 3u);
    EXPECT_EQ(best[0], 2);
    const auto top = standings_of(logits, best);
    EXPECT_NEAR(top[0].probability, 5.0 / 8, 1e-6);
    EXPECT_NEAR(top[1].probability, 2.0 / 8, 1e-6);
    EXPECT_NEAR(top[2].probability, 1.0 / 8, 1e-6);
}

// Against a stable sort of all of them: equal ones by their ids, NaN last.
TEST(TopPredictions, AreThoseOfASort) {
    std::vector<float> logits;
    for (int i = 0; i < 500; ++i)
        logits.push_back(i % 41 == 7 ? std::nanf("") : static_cast<float>(i * 7919 % 97));
    std::vector<std::int32_t> sorted(logits.size());
    std::iota(sorted.begin(), sorted.end(), 0);
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::int32_t a, std::int32_t b) {
        const auto value = [&](std::int32_t id) {
            const float logit = logits[static_cast<size_t>(id)];
            return std::isnan(logit) ? -INFINITY : logit;
        };
        return value(a) > value(b);
    });
    for (const Index count : {0, 1, 5, 499, 500, 1000}) {
        const auto wanted = std::min<Index>(count, 500);
        EXPECT_EQ(top_ids(logits, count),
                  std::vector<std::int32_t>(sorted.begin(), sorted.begin() + wanted));
    }
}

}  // namespace
}  // namespace fovea
