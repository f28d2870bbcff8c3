#include "engine/edit/edits.h"

#include <gtest/gtest.h>

#include "engine/edit/attention_mask.h"
#include "engine/edit/temperatures.h"

namespace fovea {
namespace {

TEST(Edits, EveryFormReadsAndWritesBack) {
    const auto edits =
        parse_edits(R"({"temperature": [{"value": 0.5}, {"value": 2.5, "layer": 1, "head": 2}],
        "mask": {"window": 4},
        "block": [{"query": 6, "key": 2, "layer": 0}, {"key": 3}, {"query": 1, "head": 0}],
        "ablate": [{"layer": 1, "head": 1}, {"layer": 0, "to": "mean"}]})",
                    "edits.json");
    ASSERT_TRUE(edits.ok()) << edits.message();
    EXPECT_EQ(edits->temperatures[1], (TemperatureEdit{{1, 2}, 2.5f}));
    EXPECT_EQ(edits->mask, (MaskEdit{MaskKind::window, 4}));
    EXPECT_EQ(edits->blocks[0], (BlockEdit{{0, {}}, 6, 2}));
    EXPECT_EQ(edits->blocks[2], (BlockEdit{{{}, 0}, 1, {}}));
    EXPECT_EQ(edits->ablations[0].to, AblationTarget::zero);
    EXPECT_EQ(edits->ablations[1].to, AblationTarget::mean);
    EXPECT_EQ(edits->count(), 8);
    const auto again = parse_edits(edits_to_json(*edits), "again");
    ASSERT_TRUE(again.ok()) << again.message();
    EXPECT_EQ(*again, *edits);
}

TEST(Edits, WhatIsWrongIsNamed) {
    const std::pair<const char*, const char*> cases[] = {
        {"[]", "must be an object"},
        {"{", "not valid JSON"},
        {R"({"temprature": []})", "unknown key \"temprature\""},
        {R"({"block": [{"key": 1}, {"kye": 3}]})", "block[1]: unknown key \"kye\""},
        {R"({"block": [{"layer": 3}]})", "block[0]: needs a \"query\""},
        {R"({"block": [{"key": -1}]})", "\"key\" must be a whole number from 0"},
        {R"({"block": [{"key": 1.5}]})", "\"key\" must be a whole number"},
        {R"({"temperature": [{"value": 0}]})", "greater than 0"},
        {R"({"temperature": [{"value": 1e999}]})", "edits"},
        {R"({"temperature": [{"value": 1e-9}]})", "at least 1e-06"},
        {R"({"temperature": [{"value": 1e-4}, {"value": 1e-4, "layer": 0}]})", "multiply to less"},
        {R"({"temperature": [{"value": 1e-4, "layer": 0}, {"value": 1e-4, "layer": 0}]})",
         "multiply to less"},
        {R"({"mask": "causal", "mask": "none"})",
         "edits: the key \"mask\" stands in an object twice"},
        {R"({"block": [{"key": 1}, {"key": 1, "layer": 0, "key": 2}]})", "the key \"key\" stands"},
        {R"({"temperature": [{"layer": 1}]})", "\"value\" must be a number"},
        {R"({"temperature": {"value": 1}})", "must be a list"},
        {R"({"mask": "sideways"})", "mask: must be"},
        {R"({"mask": {"window": 0}})", "from 1"},
        {R"({"ablate": [{"layer": 0, "to": "max"}]})", "ablate[0]: \"to\" must be"}};
    for (const auto& [json, expected] : cases) {
        const auto edits = parse_edits(json, "edits");
        ASSERT_FALSE(edits.ok()) << json;
        EXPECT_NE(edits.message().find(expected), std::string::npos) << edits.message();
    }
}

TEST(Edits, IndicesOutOfRangeAreNamed) {
    Edits edits;
    edits.ablations.push_back({{2, 4}, AblationTarget::zero});
    const EditLimits limits[] = {{3, 4, 10, 10}}, more_heads[] = {{3, 5, 10, 10}};
    const auto status = check_edits(edits, limits);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.message(), "head 4 is out of range: there are 4 heads");
    EXPECT_TRUE(clip_edits(edits, limits).empty());
    EXPECT_TRUE(check_edits(edits, more_heads).ok());
}

/// What the values of each head multiply to, by hand: layers and heads that are named may cross.
TEST(Edits, NoHeadIsTooCold) {
    const EditLimits model[] = {{2, 2, 4, 4}};
    const auto check = [&](std::vector<TemperatureEdit> temperatures) {
        Edits edits;
        edits.temperatures = std::move(temperatures);
        const Status status = check_edits(edits, model);
        return status.ok() ? "" : status.message();
    };
    const std::string too_cold =
        "temperature: the values of a head multiply to less than 1e-06: below it a float holds no "
        "weights";
    EXPECT_EQ(check({{{0, {}}, 1e-4f}, {{{}, 1}, 1e-3f}}), too_cold);
    EXPECT_EQ(check({{{0, {}}, 1e-4f}, {{{}, 1}, 1e-3f}, {{0, 1}, 100}}), "");
    EXPECT_EQ(check({{{0, {}}, 1e-4f}, {{1, {}}, 1e-4f}, {{0, 0}, 0.1f}, {{0, 1}, 0.1f}}), "");
    EXPECT_EQ(check({{{0, {}}, 1e-4f}, {{0, 0}, 0.1f}, {{0, 0}, 0.05f}}), too_cold);
    EXPECT_EQ(check({{{}, 1e-3f}, {{1, {}}, 1e-3f}, {{1, 0}, 0.5f}}), too_cold);
    EXPECT_EQ(check({{{}, 1e-3f}, {{1, {}}, 1e-2f}, {{1, 0}, 0.5f}}), "");
}

TEST(Edits, AValueThatIsSetStopsWhereAHeadWouldBeTooCold) {
    const EditLimits model[] = {{2, 2, 4, 4}};
    const std::vector<TemperatureEdit> edits = {{{{}, 1}, 1e-4f}, {{0, {}}, 0.05f}, {{}, 0.5f}};
    EXPECT_EQ(warm_enough(edits, {{}, 0.3f}, model), 0.3f);
    EXPECT_EQ(warm_enough(edits, {{}, 0.05f}, model), 0.201f);  // 1e-6 / (1e-4 · 0.05)
    EXPECT_EQ(warm_enough(edits, {{1, {}}, 0.05f}, model), 0.05f);
    EXPECT_EQ(warm_enough(edits, {{0, 0}, 0.05f}, model), 0.05f);
    EXPECT_EQ(warm_enough(edits, {{0, 1}, 0.05f}, model), 0.401f);
    EXPECT_EQ(warm_enough(edits, {{0, {}}, 0.01f}, model), 0.021f);
}

TEST(Edits, PartsOfAnEncoderDecoder) {
    // Two layers of source, three of target; five source tokens, eight of the target.
    const EditLimits parts[] = {
        {2, 4, 5, 5, Part::encoder}, {3, 4, 8, 8, Part::decoder}, {3, 4, 8, 5, Part::cross}};
    const auto message = [&](const char* json) {
        const auto edits = parse_edits(json, "edits");
        EXPECT_TRUE(edits.ok()) << edits.message();
        const auto status = check_edits(*edits, parts);
        EXPECT_EQ(clip_edits(*edits, parts).empty(), !status.ok());
        return status.ok() ? std::string() : status.message();
    };
    EXPECT_EQ(message(R"({"ablate": [{"layer": 2}]})"), "");
    EXPECT_EQ(message(R"({"ablate": [{"layer": 2, "part": "encoder"}]})"),
              "layer 2 is out of range: there are 2 layers");
    EXPECT_EQ(message(R"({"block": [{"key": 7}]})"), "");
    EXPECT_EQ(message(R"({"block": [{"query": 7, "key": 4, "part": "cross"}]})"), "");
    EXPECT_EQ(message(R"({"block": [{"query": 7, "key": 5, "part": "cross"}]})"),
              "key 5 is out of range: there are 5 tokens");
    const EditLimits one_stack[] = {{3, 4, 8, 8}};
    const auto edits = parse_edits(R"({"ablate": [{"layer": 0, "part": "cross"}]})", "edits");
    ASSERT_TRUE(edits.ok());
    EXPECT_EQ(check_edits(*edits, one_stack).message(),
              "part \"cross\": the model is no encoder-decoder");
    EXPECT_EQ(parse_edits(edits_to_json(*edits), "again")->ablations, edits->ablations);
    EXPECT_NE(parse_edits(R"({"ablate": [{"part": "middle"}]})", "edits").message().find("part"),
              std::string::npos);

    const auto at = [&](Part part) {
        return edits_of_head(*edits, {false, 0}, {0, 1, 8, 5, part}).ablation.has_value();
    };
    EXPECT_TRUE(at(Part::cross));
    EXPECT_FALSE(at(Part::encoder));
    EXPECT_FALSE(at(Part::decoder));
}

TEST(Edits, ScopesMultiplyAndRefine) {
    Edits edits;
    edits.temperatures = {{{}, 2}, {{1, {}}, 3}, {{1, 0}, 5}};
    edits.ablations = {{{1, {}}, AblationTarget::zero}, {{1, 0}, AblationTarget::mean}};
    edits.blocks = {{{}, {}, 2}, {{1, 0}, 4, 3}, {{0, {}}, 1, {}}};
    const auto at = [&](Index l, Index h) { return edits_of_head(edits, {true, 0}, {l, h, 6, 6}); };
    EXPECT_EQ(at(0, 0).temperature, 2);
    EXPECT_EQ(at(1, 1).temperature, 6);
    EXPECT_EQ(at(1, 0).temperature, 30);
    EXPECT_EQ(at(1, 0).ablation, AblationTarget::mean);
    EXPECT_EQ(at(1, 1).ablation, AblationTarget::zero);
    EXPECT_FALSE(at(0, 1).ablation);
    EXPECT_FALSE(at(1, 0).mask.visible(4, 3));
    EXPECT_TRUE(at(1, 1).mask.visible(4, 3));
    EXPECT_FALSE(at(0, 2).mask.visible(1, 0));
    EXPECT_FALSE(at(0, 2).mask.visible(5, 2));
    EXPECT_FALSE(at(0, 2).mask.visible(2, 5));  // the model is causal
}

TEST(Edits, MaskKinds) {
    const auto mask = [](MaskEdit edit, ModelMask own) {
        Edits edits;
        edits.mask = edit;
        return edits_of_head(edits, own, {0, 0, 8, 8}).mask;
    };
    EXPECT_TRUE(mask({MaskKind::none, 0}, {true, 2}).visible(0, 7));
    EXPECT_FALSE(mask({MaskKind::causal, 0}, {false, 0}).visible(0, 1));
    EXPECT_TRUE(mask({MaskKind::window, 3}, {false, 0}).visible(4, 6));
    EXPECT_FALSE(mask({MaskKind::window, 3}, {false, 0}).visible(4, 7));
    EXPECT_FALSE(mask({MaskKind::window, 3}, {true, 0}).visible(4, 6));
    EXPECT_FALSE(mask({MaskKind::window, 3}, {true, 2}).visible(4, 2));
}

}  // namespace
}  // namespace fovea
