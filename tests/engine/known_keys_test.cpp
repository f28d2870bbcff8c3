// Every key of a config.json and of a GGUF file's metadata is read, known to mean nothing, or named
// in a warning; every tensor is used, known to mean nothing, or named.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/arch/arch_spec.h"
#include "engine/arch/gguf_keys.h"
#include "engine/arch/known_names.h"
#include "engine/io/checkpoint.h"
#include "engine/model/config.h"
#include "engine/model/config_keys.h"
#include "engine/model/forward.h"
#include "engine/model/model.h"
#include "engine/trace/trace.h"
#include "tests/engine/gguf_conversion.h"
#include "tests/engine/temporary_folder.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

fs::path golden_folder(const std::string& name) {
    return fs::path(TEST_DATA) / "models" / name;
}

Json golden_config(const std::string& name) {
    std::ifstream stream(golden_folder(name) / "config.json");
    return Json::parse(stream);
}

const std::vector<std::string>& golden_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(fs::path(TEST_DATA) / "models"))
            if (entry.is_directory()) found.push_back(entry.path().filename().string());
        std::sort(found.begin(), found.end());
        return found;
    }();
    return names;
}

std::vector<std::string> unread(const Json& json) {
    const auto parsed = parse_config(json.dump(), "config.json");
    EXPECT_TRUE(parsed.ok()) << parsed.message();
    return parsed.ok() ? parsed->unread : std::vector<std::string>{};
}

/// A safetensors file of the tensors of another, and of more.
void write_safetensors(const fs::path& file, const Checkpoint& from,
                       const std::map<std::string, std::vector<float>>& more) {
    Json header;
    std::string bytes;
    const auto add = [&](const std::string& name, std::vector<Index> shape, std::string data) {
        header[name] = {{"dtype", "F32"},
                        {"shape", shape},
                        {"data_offsets", {bytes.size(), bytes.size() + data.size()}}};
        bytes += data;
    };
    for (const auto& [name, view] : from.tensors())
        add(name, view.shape,
            std::string(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size()));
    for (const auto& [name, values] : more) {
        std::string data(values.size() * sizeof(float), '\0');
        std::memcpy(data.data(), values.data(), data.size());
        add(name, {static_cast<Index>(values.size())}, data);
    }
    const std::string text = header.dump();
    std::ofstream stream(file, std::ios::binary);
    const std::uint64_t size = text.size();
    stream.write(reinterpret_cast<const char*>(&size), sizeof size);
    stream << text << bytes;
}

std::vector<std::string> warnings_of(const fs::path& path) {
    const auto model = Model::load(path);
    EXPECT_TRUE(model.ok()) << model.message();
    return model.ok() ? (*model)->warnings() : std::vector<std::string>{};
}

TEST(KnownKeys, NothingIsStrangeAboutWhatTheReferenceWrites) {
    for (const std::string& name : golden_names())
        EXPECT_EQ(warnings_of(golden_folder(name)), std::vector<std::string>()) << name;
}

TEST(KnownKeys, AnotherKeyIsNamed) {
    for (const std::string& name : golden_names()) {
        Json json = golden_config(name);
        json["an_invention"] = 3;
        EXPECT_EQ(unread(json), std::vector<std::string>{"an_invention"}) << name;
        json["an_invention"] = nullptr;
        EXPECT_EQ(unread(json), std::vector<std::string>()) << name;
    }
}

TEST(KnownKeys, AnotherKeyInAnObjectIsNamed) {
    Json json = golden_config("llama");
    json["rope_parameters"]["an_invention"] = 3;
    EXPECT_EQ(unread(json), std::vector<std::string>{"rope_parameters.an_invention"});
    json = golden_config("gemma3_text");
    json["rope_parameters"]["sliding_attention"]["an_invention"] = 3;
    EXPECT_EQ(unread(json),
              std::vector<std::string>{"rope_parameters.sliding_attention.an_invention"});
    json = golden_config("bert");
    json["rope_scaling"] = {{"type", "linear"}, {"factor", 2.0}};
    EXPECT_EQ(unread(json), std::vector<std::string>{"rope_scaling"});
}

/// What reads cannot see a key that no list names: whatever such a key says, nothing changes.
TEST(KnownKeys, WhatIsNotNamedCannotBeRead) {
    std::set<std::string> all;
    for (const std::string& name : golden_names()) {
        const Json json = golden_config(name);
        for (const auto& [key, value] : json.items())
            all.insert(key);
    }
    for (const std::string& name : golden_names()) {
        const Json json = golden_config(name);
        const ArchSpec* arch = find_architecture(json["model_type"].get<std::string>());
        ASSERT_NE(arch, nullptr);
        const KeyNames read = keys_read(*arch);
        for (const std::string& key : all) {
            if (read.has(key)) continue;
            for (const Json& value : {Json(7), Json(true), Json("relu"), Json::array({1, 2})}) {
                Json changed = json;
                changed[key] = value;
                const SortedKeys sorted = sort_keys(changed, *arch);
                EXPECT_FALSE(sorted.read.contains(key)) << name << ' ' << key;
                EXPECT_TRUE(sorted.unread == std::vector{key} ||
                            (sorted.unread.empty() &&
                             (fits_any(key, neutral_keys()) || fits_any(key, arch->neutral_keys) ||
                              (arch->encoder && fits_any(key, arch->encoder->neutral_keys)))))
                    << name << ' ' << key;
            }
        }
    }
}

/// A key is read or known to mean nothing, not both: a list that says both is wrong about one.
TEST(KnownKeys, NoArchitectureCallsNeutralWhatItReads) {
    for (const ArchSpec& arch : architectures()) {
        const KeyNames read = keys_read(arch);
        for (const auto key : arch.neutral_keys)
            EXPECT_FALSE(read.has(key)) << arch.label << ' ' << key;
    }
}

TEST(KnownKeys, WhatChangesResultsIsRefused) {
    const std::pair<const char*, std::pair<const char*, Json>> cases[] = {
        {"bert", {"add_cross_attention", true}}, {"gemma3_text", {"attn_logit_softcapping", 50.0}},
        {"llama", {"rope_interleaved", true}},   {"phi", {"qk_layernorm", true}},
        {"albert", {"num_hidden_groups", 2}},
    };
    for (const auto& [name, change] : cases) {
        Json json = golden_config(name);
        json[change.first] = change.second;
        const auto parsed = parse_config(json.dump(), "config.json");
        ASSERT_FALSE(parsed.ok()) << name;
        EXPECT_NE(parsed.message().find(change.first), std::string::npos) << parsed.message();
    }
}

TEST(KnownTensors, OneThatNothingUsesIsNamed) {
    const TemporaryFolder folder("known-tensors");
    const auto whole = *Checkpoint::open_safetensors(golden_folder("bert") / "model.safetensors");
    fs::copy_file(golden_folder("bert") / "config.json", folder.path() / "config.json");
    const auto with = [&](const std::map<std::string, std::vector<float>>& more) {
        write_safetensors(folder.path() / "model.safetensors", *whole, more);
        return warnings_of(folder.path());
    };
    EXPECT_EQ(with({{"bert.embeddings.position_ids", {0, 1, 2}},
                    {"bert.pooler.dense.bias", {1, 2}},
                    {"cls.seq_relationship.bias", {1, 2}}}),
              std::vector<std::string>());
    const auto one = with({{"bert.adapter.bias", {1, 2}}});
    ASSERT_EQ(one.size(), 1u);
    EXPECT_TRUE(one[0].ends_with("model.safetensors: a tensor is not used: bert.adapter.bias"))
        << one[0];
    const auto many = with({{"a", {1}}, {"b", {2}}, {"c", {3}}, {"d", {4}}, {"e", {5}}});
    ASSERT_EQ(many.size(), 1u);
    EXPECT_TRUE(many[0].ends_with("5 tensors are not used: a, b, c and 2 more")) << many[0];
}

TEST(KnownTensors, ACopyOfOneThatIsUsedIsNot) {
    const TemporaryFolder folder("known-copies");
    const auto whole = *Checkpoint::open_safetensors(golden_folder("bert") / "model.safetensors");
    fs::copy_file(golden_folder("bert") / "config.json", folder.path() / "config.json");
    const TensorView* bias = whole->find("bert.embeddings.LayerNorm.bias");
    ASSERT_NE(bias, nullptr);
    std::vector<float> values(static_cast<size_t>(element_count(bias->shape)));
    std::memcpy(values.data(), bias->bytes.data(), bias->bytes.size());
    write_safetensors(folder.path() / "model.safetensors", *whole, {{"a_copy", values}});
    EXPECT_EQ(warnings_of(folder.path()), std::vector<std::string>());
    values[1] += 1;
    write_safetensors(folder.path() / "model.safetensors", *whole, {{"a_copy", values}});
    EXPECT_EQ(warnings_of(folder.path()).size(), 1u);
}

// transformers has no bias where its configuration says so, whatever the file holds; so a file with
// them runs as the same file without, and they are named.
TEST(KnownTensors, BiasesThatTheConfigurationLeavesOutAreNotUsed) {
    const TemporaryFolder folder("known-biases");
    const auto whole = *Checkpoint::open_safetensors(golden_folder("llama") / "model.safetensors");
    Json json = golden_config("llama");
    const std::vector<std::int32_t> ids = {3, 17, 9, 41, 5};
    const auto logits = [&](bool biases, const Json& flag) {
        std::map<std::string, std::vector<float>> more;
        if (biases) more["model.layers.0.self_attn.q_proj.bias"] = std::vector<float>(96, 0.5f);
        write_safetensors(folder / "model.safetensors", *whole, more);
        json["attention_bias"] = flag;
        std::ofstream(folder / "config.json") << json.dump();
        const auto model = Model::load(folder.path());
        EXPECT_TRUE(model.ok()) << model.message();
        const auto trace = run(**model, {ids, {}}, nullptr, {});
        EXPECT_TRUE(trace.ok());
        const auto state = (*trace)->hidden_states.back()->values();
        return std::pair{std::vector<float>(state.begin(), state.end()), (*model)->warnings()};
    };
    const auto [without, none] = logits(false, false);
    const auto [left_out, named] = logits(true, false);
    const auto [used, nothing] = logits(true, true);
    EXPECT_EQ(left_out, without);
    EXPECT_NE(used, without);
    EXPECT_TRUE(none.empty() && nothing.empty());
    ASSERT_EQ(named.size(), 1u);
    EXPECT_TRUE(named[0].ends_with("model.layers.0.self_attn.q_proj.bias")) << named[0];
}

// As transformers sets what a configuration calls by two names: the common one last.
TEST(KnownKeys, TheCommonNameOfASizeCounts) {
    Json json = golden_config("gpt2");
    json["num_attention_heads"] = 2;
    const auto parsed = parse_config(json.dump(), "config.json");
    ASSERT_TRUE(parsed.ok()) << parsed.message();
    EXPECT_EQ(parsed->config.heads, 2);
}

// transformers takes T5's activation from `dense_act_fn` where it is there.
TEST(KnownKeys, HalvesOfAnActivationCountBesideTheWhole) {
    Json json = golden_config("flan_t5");
    json["dense_act_fn"] = "silu";
    auto parsed = parse_config(json.dump(), "config.json");
    ASSERT_TRUE(parsed.ok()) << parsed.message();
    EXPECT_EQ(parsed->config.activation, Activation::silu);
    EXPECT_TRUE(parsed->config.gated);
    json["is_gated_act"] = false;
    parsed = parse_config(json.dump(), "config.json");
    ASSERT_TRUE(parsed.ok()) << parsed.message();
    EXPECT_FALSE(parsed->config.gated);
}

// A null is no to transformers, not the fallback.
TEST(KnownKeys, ANullFlagIsFalse) {
    Json json = golden_config("t5");
    const auto scales = [&] {
        const auto parsed = parse_config(json.dump(), "config.json");
        EXPECT_TRUE(parsed.ok()) << parsed.message();
        return parsed->config.scaled_output;
    };
    EXPECT_TRUE(scales());
    json["scale_decoder_outputs"] = nullptr;
    EXPECT_FALSE(scales());
}

// transformers takes a null for false there, and no key for true.
TEST(KnownKeys, ANullDoesNotTruncateYarn) {
    Json json = golden_config("llama");
    json["rope_parameters"] = {{"rope_type", "yarn"},
                               {"rope_theta", 10000.0},
                               {"factor", 4.0},
                               {"original_max_position_embeddings", 32}};
    const auto truncates = [&] {
        const auto parsed = parse_config(json.dump(), "config.json");
        EXPECT_TRUE(parsed.ok()) << parsed.message();
        return parsed->config.rotary.front().truncate;
    };
    EXPECT_TRUE(truncates());
    json["rope_parameters"]["truncate"] = nullptr;
    EXPECT_FALSE(truncates());
}

std::vector<std::string> gguf_warnings(
    const std::string& name, const std::string& architecture,
    const std::function<void(GgufBytes&)>& change = [](GgufBytes&) {}) {
    const TemporaryFolder folder("known-gguf");
    GgufBytes bytes = GgufConversion(golden_folder(name), architecture).convert(name);
    change(bytes);
    const fs::path file = folder.path() / "model.gguf";
    std::ofstream(file, std::ios::binary) << bytes.str();
    return warnings_of(file);
}

TEST(KnownGguf, NothingIsStrangeAboutWhatConvertersWrite) {
    const std::pair<const char*, const char*> pairs[] = {
        {"llama", "llama"},      {"qwen2", "qwen2"}, {"qwen3", "qwen3"}, {"gemma3_text", "gemma3"},
        {"gpt_neox", "gptneox"}, {"gpt2", "gpt2"},   {"phi", "phi2"},    {"bloom", "bloom"},
        {"bert", "bert"},        {"t5", "t5"}};
    for (const auto& [name, architecture] : pairs)
        EXPECT_EQ(gguf_warnings(name, architecture,
                                [&, prefix = std::string(architecture)](GgufBytes& bytes) {
                                    bytes.text("general.name", "a name")
                                        .natural("general.file_type", 1)
                                        .natural(prefix + ".vocab_size", 512)
                                        .flag("tokenizer.ggml.add_bos_token", true)
                                        .flag("tokenizer.ggml.add_sep_token", false)
                                        .text("tokenizer.chat_template", "{{ messages }}");
                                }),
                  std::vector<std::string>())
            << name;
}

TEST(KnownGguf, AnotherKeyIsNamed) {
    const auto warnings = gguf_warnings("llama", "llama", [](GgufBytes& bytes) {
        bytes.number("llama.an_invention", 2).flag("tokenizer.ggml.an_invention", true);
    });
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("\"llama.an_invention\" and \"tokenizer.ggml.an_invention\""),
              std::string::npos)
        << warnings[0];
}

TEST(KnownGguf, AKeyOfAnotherArchitectureIsNamed) {
    const auto warnings = gguf_warnings("llama", "llama", [](GgufBytes& bytes) {
        bytes.natural("llama.attention.sliding_window", 8);
    });
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_NE(warnings[0].find("llama.attention.sliding_window"), std::string::npos) << warnings[0];
}

TEST(KnownGguf, ATensorThatNothingUsesIsNamed) {
    const auto warnings = gguf_warnings("llama", "llama", [](GgufBytes& bytes) {
        bytes.tensor("blk.0.attn_sinks.weight", {4}, std::vector<float>{1, 2, 3, 4});
    });
    ASSERT_EQ(warnings.size(), 1u);
    EXPECT_TRUE(warnings[0].ends_with("a tensor is not used: blk.0.attn_sinks.weight"))
        << warnings[0];
}

}  // namespace
}  // namespace fovea::test
