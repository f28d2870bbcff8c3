// Models in GGUF files: small ones, converted here, against the reference's results on the
// checkpoints that they were converted from.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <numbers>

#include "engine/arch/gguf_config.h"
#include "engine/arch/gguf_rows.h"
#include "engine/catalogue/gguf_glance.h"
#include "engine/core/cancel.h"
#include "engine/session/reading.h"
#include "tests/engine/gguf_bytes.h"
#include "tests/engine/gguf_conversion.h"
#include "tests/engine/golden.h"
#include "tests/engine/temporary_folder.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::int32_t>;

/// A folder of this process's own, gone at the end.
class GgufModel : public testing::Test {
  protected:
    fs::path written(const GgufBytes& bytes, const std::string& name = "small.gguf") const {
        std::ofstream(folder_ / name, std::ios::binary) << bytes.str();
        return folder_ / name;
    }

    const TemporaryFolder own_;
    const fs::path folder_ = own_.path();
};

struct Case {
    const char* folder;
    const char* architecture;
    bool head = true;  // the format holds no head for masked tokens
};

class GgufModelOf : public GgufModel, public testing::WithParamInterface<Case> {};

TEST_P(GgufModelOf, AgreesWithTheReference) {
    const fs::path source = fs::path(TEST_DATA) / "models" / GetParam().folder;
    const fs::path file =
        written(GgufConversion(source, GetParam().architecture).convert(GetParam().folder));
    const auto model = Model::load(file);
    ASSERT_TRUE(model.ok()) << model.message();
    EXPECT_EQ((*model)->name(), "small");
    EXPECT_EQ((*model)->has_language_head(), GetParam().head);
    // The same from the header alone.
    const auto glance = glance_at_gguf(file);
    ASSERT_TRUE(glance.ok()) << glance.message();
    ASSERT_TRUE(glance->ability) << glance->why_not;
    EXPECT_EQ(ability_key(*glance->ability), ability_key(ability_of(**model)));
    const auto golden = Checkpoint::open_safetensors(source / "golden.safetensors");
    ASSERT_TRUE(golden.ok()) << golden.message();
    const auto json = read_json(source / "golden.json");
    const auto trace =
        run(**model, {json["input_ids"].get<Ids>(), {}, decoder_ids(**golden)}, nullptr, {});
    ASSERT_TRUE(trace.ok()) << trace.message();
    if (GetParam().head) {
        compare_with_golden(**model, **trace, **golden, "");
    } else {
        Agreement agreement;
        compare_family(**model, **trace, **golden, "", agreement);
    }
}

INSTANTIATE_TEST_SUITE_P(Architecture, GgufModelOf,
                         testing::Values(Case{"llama", "llama"}, Case{"qwen2", "qwen2"},
                                         Case{"qwen3", "qwen3"}, Case{"gemma3_text", "gemma3"},
                                         Case{"gpt2", "gpt2"}, Case{"gpt_neox", "gptneox"},
                                         Case{"phi", "phi2"}, Case{"bloom", "bloom"},
                                         Case{"bert", "bert", false}, Case{"t5", "t5"},
                                         Case{"flan_t5", "t5"}),
                         [](const auto& info) { return std::string(info.param.folder); });

// Rows of blocks are put in order, looked up and multiplied as they are: the same as on the floats
// that they stand for.
TEST_F(GgufModel, RunsOnBlocksAsOnTheirFloats) {
    const fs::path source = fs::path(TEST_DATA) / "models/llama";
    const Ids ids = read_json(source / "golden.json")["input_ids"];
    const auto logits_with = [&](GgufConversion::Storage storage, DType dtype) {
        GgufConversion conversion(source, "llama");
        conversion.storage = storage;
        const auto model = Model::load(written(conversion.convert("llama")));
        EXPECT_TRUE(model.ok()) << model.message();
        for (const char* name : {"token_embd.weight", "blk.1.attn_q.weight"})
            EXPECT_EQ((*model)->checkpoint().find(name)->dtype, dtype);
        const auto trace = run(**model, {ids, {}}, nullptr, {});
        EXPECT_TRUE(trace.ok()) << trace.message();
        return logits(**model, **trace, 0, (*trace)->length());
    };
    const Tensor blocks = logits_with(GgufConversion::Storage::blocks, DType::q8_0);
    const Tensor rounded = logits_with(GgufConversion::Storage::rounded_floats, DType::f32);
    const Tensor floats = logits_with(GgufConversion::Storage::floats, DType::f32);
    const double scale = largest_entry(floats.values());
    EXPECT_LE(largest_difference(blocks.values(), rounded.values()) / scale, 1e-5);
    EXPECT_GT(largest_difference(blocks.values(), floats.values()) / scale, 1e-3);
}

TEST_F(GgufModel, OpensAsAFolderWithOneFile) {
    const fs::path source = fs::path(TEST_DATA) / "models/llama";
    const GgufBytes bytes = GgufConversion(source, "llama").convert("llama");
    written(bytes, "a.gguf");
    written(GgufBytes(), "mmproj-a.gguf");  // what turns pictures into tokens, no model
    const auto model = Model::load(folder_);
    ASSERT_TRUE(model.ok()) << model.message();
    EXPECT_EQ((*model)->name(), folder_.filename().string());
    written(bytes, "b.gguf");
    const auto two = Model::load(folder_);
    ASSERT_FALSE(two.ok());
    EXPECT_EQ(two.message(),
              folder_.string() + ": holds more than one GGUF file; name the one that is meant");
}

// A real trained model with its tokenizer in the same file.
TEST_F(GgufModel, ReadsTextWithItsOwnTokenizer) {
    const fs::path source = fs::path(GOLDENS) / "models/stories260k";
    if (!fs::exists(source)) GTEST_SKIP() << "the reference data is not beside this clone";
    GgufBytes bytes = GgufConversion(source, "llama").convert("llama");
    const auto tokenizer = read_json(source / "tokenizer.json");
    std::vector<std::string> tokens(tokenizer["model"]["vocab"].size());
    std::vector<float> scores(tokens.size(), -1e6f);
    std::vector<std::int32_t> types(tokens.size(), 1);
    for (const auto& [text, id] : tokenizer["model"]["vocab"].items()) {
        tokens[id.get<size_t>()] = text;
        scores[id.get<size_t>()] = -id.get<float>();
        if (text.rfind("<0x", 0) == 0) types[id.get<size_t>()] = 6;
    }
    types[0] = 2;
    types[1] = types[2] = 3;
    bytes.text("tokenizer.ggml.model", "llama")
        .texts("tokenizer.ggml.tokens", tokens)
        .floats("tokenizer.ggml.scores", scores)
        .integers("tokenizer.ggml.token_type", types)
        .natural("tokenizer.ggml.bos_token_id", 1)
        .natural("tokenizer.ggml.unknown_token_id", 0);
    const auto loaded = load_folder(written(bytes));
    ASSERT_TRUE(loaded.ok()) << loaded.message();
    ASSERT_NE((*loaded)->tokenizer, nullptr);
    const auto golden = Checkpoint::open_safetensors(source / "golden.safetensors");
    ASSERT_TRUE(golden.ok()) << golden.message();
    const auto json = read_json(source / "golden.json");
    for (size_t i = 0; i < json.size(); ++i) {
        const std::string text = json[i]["text"];
        ReadingRequest request;
        request.model = *loaded;
        request.text = text;
        const auto reading = read(request, nullptr, {});
        ASSERT_TRUE(reading.ok()) << reading.message();
        Ids ids;
        for (const Token& token : (*reading)->tokens)
            ids.push_back(token.id);
        EXPECT_EQ(ids, json[i]["ids"].get<Ids>()) << text;
        compare_with_golden(*(*loaded)->model, *(*reading)->original, **golden,
                            std::to_string(i) + ".");
    }
}

/// The least metadata of an architecture, on which each test adds its own.
GgufBytes smallest(const std::string& architecture) {
    GgufBytes bytes;
    const float row[4] = {};
    bytes.text("general.architecture", architecture)
        .natural(architecture + ".embedding_length", 64)
        .natural(architecture + ".block_count", 2)
        .natural(architecture + ".attention.head_count", 4)
        .natural(architecture + ".feed_forward_length", 8)
        .natural(architecture + ".context_length", 32)
        .number(architecture + ".attention.layer_norm_rms_epsilon", 0.5f)
        .tensor("token_embd.weight", {4, 1}, row);
    return bytes;
}

nlohmann::json config_of(const GgufBytes& bytes) {
    const std::string file = bytes.str();
    const auto gguf = Gguf::parse(as_bytes(file), "test.gguf");
    EXPECT_TRUE(gguf.ok()) << gguf.message();
    const auto config = gguf_config_json(**gguf);
    EXPECT_TRUE(config.ok()) << config.message();
    return config ? nlohmann::json::parse(*config) : nlohmann::json();
}

std::string refusal_of(const GgufBytes& bytes) {
    const std::string file = bytes.str();
    const auto gguf = Gguf::parse(as_bytes(file), "test.gguf");
    EXPECT_TRUE(gguf.ok()) << gguf.message();
    const auto config = gguf_config_json(**gguf);
    return config ? "accepted" : config.message();
}

TEST(GgufConfig, SaysWhatAConfigJsonWouldSay) {
    const auto config = config_of(smallest("llama")
                                      .natural("llama.attention.head_count_kv", 2)
                                      .number("llama.rope.freq_base", 500000)
                                      .natural("llama.rope.dimension_count", 16));
    EXPECT_EQ(config["model_type"], "llama");
    EXPECT_EQ(config["hidden_size"], 64);
    EXPECT_EQ(config["num_hidden_layers"], 2);
    EXPECT_EQ(config["num_attention_heads"], 4);
    EXPECT_EQ(config["num_key_value_heads"], 2);
    EXPECT_EQ(config["head_dim"], 16);
    EXPECT_EQ(config["intermediate_size"], 8);
    EXPECT_EQ(config["max_position_embeddings"], 32);
    EXPECT_EQ(config["vocab_size"], 4);
    EXPECT_EQ(config["rms_norm_eps"], 0.5);
    EXPECT_EQ(config["rope_theta"], 500000.0);
    EXPECT_EQ(config["fovea_rotary_share"], 1.0);
    EXPECT_EQ(config["tie_word_embeddings"], true);
    EXPECT_FALSE(config.contains("rope_scaling"));
    EXPECT_FALSE(config.contains("fovea_gain_offset"));
}

TEST(GgufConfig, AddsWhatGemmasNameImplies) {
    const auto config = config_of(smallest("gemma3")
                                      .natural("gemma3.attention.key_length", 256)
                                      .natural("gemma3.attention.sliding_window", 512)
                                      .number("gemma3.rope.scaling.factor", 8)
                                      .text("gemma3.rope.scaling.type", "linear"));
    EXPECT_EQ(config["model_type"], "gemma3_text");
    EXPECT_EQ(config["fovea_gain_offset"], 0);
    EXPECT_EQ(config["sliding_window"], 512);
    EXPECT_EQ(config["sliding_window_pattern"], 6);
    EXPECT_EQ(config["rope_local_base_freq"], 10000.0);
    EXPECT_EQ(config["query_pre_attn_scalar"], 256);
    EXPECT_EQ(config["rope_scaling"]["rope_type"], "linear");
    EXPECT_EQ(config["rope_scaling"]["factor"], 8.0);
}

TEST(GgufConfig, KnowsLlama3sScalingByItsFactors) {
    // transformers' own llama3 function on theta 500000, 64 dimensions, factor 32, context 8192.
    std::vector<float> factors;
    for (int i = 0; i < 8; ++i) {
        const double frequency = std::pow(500000.0, -i / 8.0);
        const double wavelength = 2 * std::numbers::pi / frequency;
        double factor = 1;
        if (wavelength > 8192.0) {
            factor = 32;
        } else if (wavelength > 8192.0 / 4) {
            const double smooth = (8192.0 / wavelength - 1) / (4 - 1);
            factor = 1 / ((1 - smooth) / 32 + smooth);
        }
        factors.push_back(static_cast<float>(factor));
    }
    const auto config = config_of(smallest("llama")
                                      .number("llama.rope.freq_base", 500000)
                                      .tensor("rope_freqs.weight", {8}, factors));
    EXPECT_EQ(config["rope_scaling"]["rope_type"], "llama3");
    EXPECT_EQ(config["rope_scaling"]["factor"], 32.0);
    EXPECT_EQ(config["rope_scaling"]["original_max_position_embeddings"], 8192);
    factors[6] *= 1.5f;
    EXPECT_NE(refusal_of(smallest("llama")
                             .number("llama.rope.freq_base", 500000)
                             .tensor("rope_freqs.weight", {8}, factors))
                  .find("otherwise than Llama 3"),
              std::string::npos);
    EXPECT_NE(refusal_of(smallest("llama").tensor("rope_freqs.weight", {4}, {factors.data(), 4}))
                  .find("should be 8 numbers"),
              std::string::npos);
}

TEST(GgufConfig, RefusesByNameWhatTheEngineDoesNot) {
    const auto expect = [](const GgufBytes& bytes, const std::string& reason) {
        const std::string message = refusal_of(bytes);
        EXPECT_NE(message.find(reason), std::string::npos) << message;
    };
    expect(GgufBytes(), "\"general.architecture\" is missing");
    expect(smallest("mamba"), "the architecture \"mamba\" of a GGUF file is not known (known: ");
    expect(GgufBytes().text("general.architecture", "llama"), "llama.embedding_length");
    expect(smallest("llama").natural("llama.expert_count", 8), "mixture of experts");
    expect(smallest("llama").natural("split.count", 3), "one of 3 parts");
    expect(smallest("llama").natural("llama.attention.value_length", 8), "values of another size");
    expect(smallest("llama").natural("llama.rope.dimension_count", 17), "more than the 16");
    expect(smallest("llama").number("llama.logit_scale", 8), "llama.logit_scale");
    expect(smallest("llama").integers("llama.attention.head_count_kv", {1, 2}),
           "layers of different sizes (\"llama.attention.head_count_kv\")");
    expect(smallest("llama").integers("llama.attention.head_count_kv", {-1, -1}), "not a size");
    // A value of another kind is not one that is missing.
    expect(smallest("llama").natural("llama.attention.causal", 0),
           "\"llama.attention.causal\" must be true or false");
    expect(smallest("llama").text("llama.rope.freq_base", "500000"),
           "\"llama.rope.freq_base\" must be a number");
    expect(smallest("llama").natural("llama.rope.scaling.type", 1),
           "\"llama.rope.scaling.type\" must be a text");
    expect(smallest("gemma3").number("gemma3.attention.sliding_window", 8),
           "\"gemma3.attention.sliding_window\" must be a whole number");
    expect(smallest("gemma3").integers("gemma3.attention.sliding_window_pattern", {1, 0}),
           "\"gemma3.attention.sliding_window_pattern\" must be a whole number");
    // What has no factor is nothing; a list of equal sizes is one.
    EXPECT_EQ(config_of(smallest("llama").integers("llama.attention.head_count_kv",
                                                   {2, 2}))["num_key_value_heads"],
              2);
}

TEST(GgufRows, PutTheHalvesOfAHeadTogether) {
    // Two heads of four rows: in the file 0 and 2, 1 and 3 of a head stand side by side.
    const std::uint8_t file[] = {0, 2, 1, 3, 10, 12, 11, 13};
    TensorView view;
    view.dtype = DType::u8;
    view.shape = {8, 1};
    view.bytes = std::as_bytes(std::span(file));
    std::vector<std::byte> rows(8);
    restore_rotary_rows(view, 2, rows);
    const std::uint8_t wanted[] = {0, 1, 2, 3, 10, 11, 12, 13};
    EXPECT_EQ(std::memcmp(rows.data(), wanted, sizeof wanted), 0);
}

TEST(GgufRows, RefuseHeadsThatDoNotDivideThem) {
    const float values[12] = {};
    for (const std::uint64_t heads : {0ul, 4ul, 5ul, 1ul << 62}) {
        const std::string natural(reinterpret_cast<const char*>(&heads), sizeof heads);
        const std::string file = GgufBytes()
                                     .text("general.architecture", "llama")
                                     .pair("llama.attention.head_count", 10, natural)
                                     .tensor("blk.0.attn_q.weight", {12, 1}, values)
                                     .str();
        const auto gguf = Gguf::parse(as_bytes(file), "test.gguf");
        ASSERT_TRUE(gguf.ok()) << gguf.message();
        EXPECT_FALSE(gguf_weights(*gguf).ok()) << heads;
    }
}

TEST(GgufRows, RefuseWhatHasNone) {
    const float value[1] = {};
    using Shape = std::vector<std::int64_t>;
    for (const Shape& shape : {Shape{12, 0}, Shape{0, 12}, Shape{}}) {
        const auto count = static_cast<size_t>(element_count(shape));
        const std::string file = GgufBytes()
                                     .text("general.architecture", "llama")
                                     .natural("llama.attention.head_count", 2)
                                     .tensor("blk.0.attn_q.weight", shape, std::span(value, count))
                                     .str();
        const auto gguf = Gguf::parse(as_bytes(file), "test.gguf");
        ASSERT_TRUE(gguf.ok()) << gguf.message();
        const auto weights = gguf_weights(*gguf);
        ASSERT_FALSE(weights.ok());
        EXPECT_NE(weights.message().find("blk.0.attn_q.weight"), std::string::npos);
    }
}

}  // namespace
}  // namespace fovea::test
