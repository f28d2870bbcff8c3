// config.json: both generations of its keys mean the same, and what the engine cannot run is
// refused by name.
#include "engine/model/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/engine/expect_says.h"

namespace fovea {
namespace {

using Json = nlohmann::json;
using test::expect_says;

Json golden_config(const char* name) {
    std::ifstream stream(std::string(TEST_DATA) + "/models/" + name + "/config.json");
    return Json::parse(stream);
}

ModelConfig parsed(const Json& json) {
    const auto result = parse_config(json.dump(), "config.json");
    EXPECT_TRUE(result.ok()) << result.message();
    return result.ok() ? result->config : ModelConfig{};
}

std::string refusal(const Json& json) {
    const auto result = parse_config(json.dump(), "config.json");
    EXPECT_FALSE(result.ok());
    return result.ok() ? "" : result.message();
}

// Frequencies by transformers' ROPE_INIT_FUNCTIONS (5.12.1): head_dim 16, theta 10000, 256
// positions.
struct Stretched {
    const char* name;
    Json scaling;
    Index positions;
    std::vector<float> frequencies;
    float amplitude;
};

TEST(RotaryScaling, AgreesWithTheReference) {
    const Stretched cases[] = {
        {"linear",
         {{"factor", 4.0}},
         256,
         {0.25f, 0.079056941f, 0.025f, 0.0079056947f, 0.0024999999f, 0.00079056947f, 0.00025000001f,
          7.9056947e-05f},
         1},
        {"dynamic",
         {{"factor", 2.0}},
         200,
         {1, 0.31622776f, 0.1f, 0.031622779f, 0.0099999998f, 0.0031622779f, 0.001f, 0.00031622779f},
         1},
        {"dynamic",
         {{"factor", 2.0}},
         400,
         {1, 0.28394514f, 0.080624841f, 0.02289303f, 0.0065003652f, 0.001845747f, 0.00052409089f,
          0.00014881307f},
         1},
        {"yarn",
         {{"factor", 4.0}, {"original_max_position_embeddings", 64}},
         256,
         {1, 0.23717082f, 0.049999997f, 0.0079056947f, 0.0024999999f, 0.00079056947f,
          0.00025000001f, 7.9056947e-05f},
         1.138629436111989f},
        {"yarn",
         {{"factor", 4.0},
          {"original_max_position_embeddings", 64},
          {"beta_fast", 16.0},
          {"beta_slow", 2.0},
          {"truncate", false},
          {"mscale", 0.707},
          {"mscale_all_dim", 1.0}},
         256,
         {1, 0.14849025f, 0.025f, 0.0079056947f, 0.0024999999f, 0.00079056947f, 0.00025000001f,
          7.9056947e-05f},
         0.964326914892074f},
        {"llama3",
         {{"factor", 8.0},
          {"original_max_position_embeddings", 64},
          {"low_freq_factor", 1.0},
          {"high_freq_factor", 4.0}},
         256,
         {1, 0.24438459f, 0.013042256f, 0.0039528473f, 0.00125f, 0.00039528473f, 0.00012500001f,
          3.9528473e-05f},
         1}};
    Json base = golden_config("llama");
    base["head_dim"] = 16;
    base["max_position_embeddings"] = 256;
    for (const Stretched& stretched : cases) {
        // Today's files nest theta and scaling; older ones have them side by side.
        Json nested = base, flat = base, older = base;
        nested["rope_parameters"] = stretched.scaling;
        nested["rope_parameters"]["rope_type"] = stretched.name;
        nested["rope_parameters"]["rope_theta"] = 10000.0;
        flat.erase("rope_parameters");
        flat["rope_theta"] = 10000.0;
        flat["rope_scaling"] = stretched.scaling;
        older = flat;
        flat["rope_scaling"]["rope_type"] = stretched.name;
        older["rope_scaling"]["type"] = stretched.name;
        for (const Json& json : {nested, flat, older}) {
            const ModelConfig config = parsed(json);
            const RotarySettings& settings = config.rotary_of(0);
            EXPECT_NEAR(settings.amplitude, stretched.amplitude, 1e-6) << stretched.name;
            const auto frequencies = rotary_frequencies(settings, stretched.positions);
            ASSERT_EQ(frequencies.size(), stretched.frequencies.size());
            for (size_t i = 0; i < frequencies.size(); ++i)
                EXPECT_NEAR(frequencies[i], stretched.frequencies[i],
                            2e-6f * stretched.frequencies[i])
                    << stretched.name << " " << i;
        }
    }
}

TEST(RotaryScaling, UnknownKindsAreRefusedByName) {
    Json json = golden_config("llama");
    json["rope_parameters"] = {{"rope_type", "longrope"}, {"rope_theta", 1e4}};
    expect_says(refusal(json), "rotary positions of the kind \"longrope\"");
    json.erase("rope_parameters");
    json["rope_scaling"] = {{"type", "su"}, {"factor", 2}};
    expect_says(refusal(json), "rotary positions of the kind \"su\"");
    json["rope_scaling"] = {{"type", "linear"}};
    expect_says(refusal(json), "\"factor\" is missing");
    json["rope_scaling"] = {{"type", "llama3"}, {"factor", -1}};
    expect_says(refusal(json), "\"factor\" must be a number greater than 0");
}

TEST(RotaryShare, FlatAndNested) {
    Json nested = golden_config("gpt_neox"), flat = nested;
    flat.erase("rope_parameters");
    flat["rotary_pct"] = 0.25;
    flat["rotary_emb_base"] = 10000;
    EXPECT_EQ(parsed(nested).rotary_of(0).dimensions, 6);  // a quarter of 24
    EXPECT_EQ(parsed(flat).rotary_of(0).dimensions, 6);
    flat["rotary_pct"] = 1.5;
    expect_says(refusal(flat), "\"rotary_pct\" must be at most 1");
}

TEST(LayerKinds, GemmaInBothGenerations) {
    const Json nested = golden_config("gemma3_text");
    Json flat = nested;
    for (const char* key : {"layer_types", "rope_parameters", "_sliding_window_pattern"})
        flat.erase(key);
    flat["sliding_window_pattern"] = 6;
    flat["rope_theta"] = 1e6;
    flat["rope_local_base_freq"] = 1e4;
    flat["rope_scaling"] = {{"rope_type", "linear"}, {"factor", 8.0}};
    for (const Json& json : {nested, flat}) {
        const ModelConfig config = parsed(json);
        for (Index l = 0; l < 6; ++l) {
            EXPECT_EQ(config.kind(l), l == 5 ? LayerKind::full : LayerKind::sliding) << l;
            EXPECT_EQ(config.window_of(l), l == 5 ? 0 : 8);
            EXPECT_EQ(config.rotary_of(l).theta, l == 5 ? 1e6f : 1e4f);
        }
    }
    // Sliding layers are never stretched.
    EXPECT_EQ(parsed(flat).rotary_of(5).scaling, RotaryScaling::linear);
    EXPECT_EQ(parsed(flat).rotary_of(0).scaling, RotaryScaling::none);
}

TEST(LayerKinds, GptNeoAndModernBertInBothGenerations) {
    Json neo = golden_config("gpt_neo");
    const auto kinds = parsed(neo).layer_kinds;
    neo.erase("attention_layers");
    EXPECT_EQ(parsed(neo).layer_kinds, kinds);
    EXPECT_EQ(kinds, (std::vector{LayerKind::full, LayerKind::sliding, LayerKind::full,
                                  LayerKind::sliding}));
    neo["attention_types"] = Json::array({Json::array({Json::array({"global"}), "all"})});
    expect_says(refusal(neo), "\"attention_types\" must be a list of [kinds, times]");

    Json modern = golden_config("modernbert");
    const ModelConfig nested = parsed(modern);
    for (const char* key : {"layer_types", "rope_parameters"})
        modern.erase(key);
    modern["global_rope_theta"] = 160000.0;
    modern["local_rope_theta"] = 10000.0;
    const ModelConfig flat = parsed(modern);
    EXPECT_EQ(flat.layer_kinds, nested.layer_kinds);
    for (Index l = 0; l < 4; ++l)
        EXPECT_EQ(flat.rotary_of(l).theta, nested.rotary_of(l).theta);
    EXPECT_EQ(nested.window_of(1), 5);  // 8 on both sides together: 4 each, and the token itself
}

TEST(LayerKinds, WindowsThatAreOffAndUnknownKinds) {
    Json mistral = golden_config("mistral");
    EXPECT_EQ(parsed(mistral).window_of(0), 8);
    mistral["sliding_window"] = nullptr;
    EXPECT_EQ(parsed(mistral).window_of(0), 0);
    Json qwen = golden_config("qwen2");
    qwen.erase("layer_types");
    qwen["sliding_window"] = 4;
    EXPECT_EQ(parsed(qwen).window_of(2), 0);
    qwen["use_sliding_window"] = true;
    qwen["max_window_layers"] = 2;
    EXPECT_EQ(parsed(qwen).window_of(1), 0);
    EXPECT_EQ(parsed(qwen).window_of(2), 4);
    qwen["layer_types"] = {"full_attention", "chunked_attention", "full_attention"};
    expect_says(refusal(qwen), "a layer of the kind \"chunked_attention\"");
}

TEST(Config, WhatWouldBeRunWronglyIsRefused) {
    const std::tuple<const char*, const char*, Json> cases[] = {
        {"albert", "num_hidden_groups", 2},
        {"bloom", "apply_residual_connection_post_layernorm", true},
        {"gemma3_text", "attn_logit_softcapping", 50.0},
        {"gemma3_text", "final_logit_softcapping", 30.0},
        {"gpt2", "add_cross_attention", true},
        {"marian", "share_encoder_decoder_embeddings", false},
        {"phi", "qk_layernorm", true},
        {"roberta", "position_embedding_type", "rotary"},
        {"bart", "normalize_before", true}};
    for (const auto& [model, key, value] : cases) {
        Json json = golden_config(model);
        json[key] = value;
        expect_says(refusal(json), key);
        expect_says(refusal(json), "Fovea cannot run");
    }
}

TEST(Config, AValueOfAnotherTypeIsNotOneThatIsMissing) {
    for (const auto& [model, key, value] :
         {std::tuple("llama", "tie_word_embeddings", Json("false")),
          std::tuple("llama", "tie_word_embeddings", Json(1)),
          std::tuple("t5", "is_gated_act", Json("false")),
          std::tuple("t5", "dense_act_fn", Json(3))}) {
        Json json = golden_config(model);
        json[key] = value;
        expect_says(refusal(json), value.dump().c_str());
        json[key] = nullptr;
        EXPECT_TRUE(parse_config(json.dump(), "config.json").ok()) << key;
    }
}

TEST(Config, ScalesBesideTheWeightsAreRefused) {
    Json json = golden_config("qwen3");
    json["quantization_config"] = {{"quant_method", "fp8"}, {"fmt", "e4m3"}};
    expect_says(refusal(json), "weights quantised by \"fp8\"");
    json["quantization_config"] = nullptr;
    EXPECT_EQ(parsed(json).layers, 3);
}

TEST(Config, T5SaysActivationAndGateInOneWord) {
    Json json = golden_config("flan_t5");
    for (const char* key : {"dense_act_fn", "is_gated_act"})
        json.erase(key);
    EXPECT_TRUE(parsed(json).gated);
    EXPECT_EQ(parsed(json).activation, Activation::gelu_tanh);
    json["feed_forward_proj"] = "relu";
    EXPECT_FALSE(parsed(json).gated);
    EXPECT_EQ(parsed(json).activation, Activation::relu);
    // Files before 5.0 scale the output where it is tied.
    json.erase("scale_decoder_outputs");
    json["tie_word_embeddings"] = false;
    EXPECT_FALSE(parsed(json).scaled_output);
    json.erase("tie_word_embeddings");
    EXPECT_TRUE(parsed(json).scaled_output);
}

}  // namespace
}  // namespace fovea
