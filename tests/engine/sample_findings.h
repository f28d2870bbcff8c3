#pragma once

#include <cmath>
#include <limits>

#include "engine/analysis/findings.h"

namespace fovea::test {

inline constexpr float no_number = std::numeric_limits<float>::quiet_NaN();

inline std::vector<std::string> numbered(Index count, std::string_view before = "") {
    std::vector<std::string> labels;
    for (Index i = 0; i < count; ++i)
        labels.push_back(std::string(before) + std::to_string(i));
    return labels;
}

inline const std::vector<std::string>& sample_tokens() {
    static const std::vector<std::string> tokens = {"When", "Mary", "and",   "John", "went",
                                                    "to",   "the",  "store", ",",    "John",
                                                    "gave", "a",    "drink", "to"};
    return tokens;
}

/// Layers by tokens, a word in each square; one square is empty.
inline finding::Matrix sample_lens(Index layers = 12) {
    const auto count = static_cast<Index>(sample_tokens().size());
    finding::Matrix matrix;
    matrix.rows = {"layer", numbered(layers), {}};
    matrix.columns = {"token", sample_tokens(), {}};
    matrix.value = {.title = "probability", .low = 0, .high = 1};
    matrix.values = Tensor::uninitialised({layers, count});
    for (Index row = 0; row < layers; ++row)
        for (Index column = 0; column < count; ++column) {
            matrix.values.at(row, column) = static_cast<float>((row * 7 + column * 5) % 23) / 22.0f;
            matrix.texts.push_back((row + column) % 9 == 0 ? "Elizabeth’s" : "the");
            matrix.cells.push_back(StateOf{row, column});
        }
    for (Index column = 0; column < count; ++column)
        matrix.columns.referents.push_back(TokenAt{column});
    matrix.values.at(2, 3) = no_number;
    return matrix;
}

/// Layers by heads, signed.
inline finding::Matrix sample_contributions(Index layers = 12, Index heads = 9) {
    finding::Matrix matrix;
    matrix.rows = {"layer", numbered(layers), {}};
    matrix.columns = {"head", numbered(heads), {}};
    matrix.value = {
        .title = "adds to the logit", .scale = finding::Scale::square_root, .is_signed = true};
    matrix.values = Tensor::uninitialised({layers, heads});
    for (Index row = 0; row < layers; ++row)
        for (Index column = 0; column < heads; ++column) {
            matrix.values.at(row, column) =
                std::sin(static_cast<float>(row * heads + column) * 1.7f) * 0.1f *
                static_cast<float>(row);
            matrix.cells.push_back(HeadId{row, column});
        }
    matrix.values.at(layers - 2, 3) = 2.855f;
    return matrix;
}

/// Two curves over depth, downward.
inline finding::Series sample_ranks(Index layers = 12) {
    finding::Series series;
    series.x = {"layer", numbered(layers), {}};
    series.y = {.title = "rank", .scale = finding::Scale::logarithmic, .decimals = 0};
    series.downward = true;
    finding::Series::Line target{"Mary", {}, VocabularyEntry{5}}, other{"John", {}, {}, true};
    for (Index i = 0; i < layers; ++i) {
        const auto depth = static_cast<float>(i) / static_cast<float>(layers);
        target.values.push_back(std::round(std::exp(8 * (1 - depth * depth))));
        other.values.push_back(std::round(std::exp(7 * (1 - depth * depth * depth))));
    }
    target.values.back() = 1;
    series.lines = {target, other};
    return series;
}

inline finding::Series sample_entropies() {
    finding::Series series;
    series.x = {"token", sample_tokens(), {}};
    series.y = {.title = "entropy", .unit = "nats"};
    for (const char* label : {"layer 0", "layer 6", "layer 11"}) {
        finding::Series::Line line{label, {}, {}};
        const auto shift = static_cast<float>(series.lines.size());
        for (size_t i = 0; i < sample_tokens().size(); ++i)
            line.values.push_back(1.2f + std::sin(static_cast<float>(i) + shift) * 0.9f);
        series.lines.push_back(line);
    }
    series.lines[1].values[4] = no_number;
    return series;
}

inline finding::Bars sample_bars() {
    finding::Bars bars;
    bars.title = "head";
    bars.value = {.title = "adds to the logit", .is_signed = true};
    bars.bars = {{"L23 head 3", 2.855, HeadId{23, 3}},
                 {"L29 head 1", 1.730, HeadId{29, 1}, 1.2},
                 {"L24 head 4", -1.071, HeadId{24, 4}},
                 {"L29 head 0", -1.007, HeadId{29, 0}},
                 {"L23 head 0", 0.818, HeadId{23, 0}},
                 {"all the other 265 heads of all layers together", 0.001, {}}};
    bars.sum = 3.326;
    return bars;
}

inline finding::Bars sample_dimensions() {
    finding::Bars bars;
    bars.title = "turns 1 rad a token … turns 0.000014 rad a token";
    bars.value = {.title = "q·k", .is_signed = true, .decimals = 1};
    bars.upright = true;
    for (Index i = 0; i < 64; ++i)
        bars.bars.push_back({std::to_string(i),
                             i == 50   ? -33.1
                             : i == 57 ? 22.6
                                       : std::sin(static_cast<double>(i)) * 3,
                             {}});
    return bars;
}

inline finding::Table sample_table() {
    finding::Table table;
    table.columns = {{.title = "key"},
                     {.title = "logit", .bar = true, .is_signed = true},
                     {.title = "weight", .bar = true},
                     {.title = "‖A v W_O‖", .decimals = 2},
                     {.title = "share"}};
    table.rows = {{{"Mary", 3.533, 0.810, 60.74, 0.973}, TokenAt{1}},
                  {{"When", 1.373, 0.093, 0.77, -0.001}, TokenAt{0}},
                  {{"John 9", 1.071, 0.069, 4.58, 0.022}, TokenAt{9}},
                  {{"John 3", -0.608, 0.013, 0.96, 0.005}, TokenAt{3}},
                  {{",", -3.014, 0.001, 0.03, 0.0}, TokenAt{8}},
                  {.cells = {"7 others", "≤ −3.507", 0.002, "", 0.0}, .faint = true},
                  {.cells = {"sum", "", 1.0, 62.23, 1.0}, .total = true}};
    return table;
}

inline finding::Points sample_points() {
    finding::Points points;
    points.x = {.title = "previous"};
    points.y = {.title = "induction", .low = 0, .high = 1};
    for (Index i = 0; i < 60; ++i) {
        const double x = std::abs(std::sin(static_cast<double>(i) * 12.9)) * 0.9;
        points.points.push_back({x, std::exp(-6 * x) * std::abs(std::cos(static_cast<double>(i))),
                                 std::to_string(i / 9) + "." + std::to_string(i % 9),
                                 HeadId{i / 9, i % 9}});
    }
    return points;
}

inline finding::Tokens sample_strip() {
    finding::Tokens tokens;
    tokens.value = {.title = "gradient × embedding", .is_signed = true};
    tokens.labels = sample_tokens();
    tokens.labels[6] = "世界人权宣言";
    for (Index i = 0; i < static_cast<Index>(tokens.labels.size()); ++i) {
        tokens.values.push_back(std::sin(static_cast<float>(i)) * 2);
        tokens.referents.push_back(TokenAt{i});
    }
    tokens.values[4] = no_number;
    return tokens;
}

inline finding::Tree sample_tree() {
    finding::Tree tree;
    tree.value = {.title = "adds", .is_signed = true};
    tree.nodes = {{"logit", 3.533},
                  {"L23 head 0 × L0 MLP", 0.868, 0},
                  {"L18 head 2", 0.5, 1, HeadId{18, 2}},
                  {"L0 MLP", 0.368, 1, MlpOf{0}},
                  {"embedding", 0.3, 3, StateOf{0, 1}},
                  {"L21 head 5 × L0 MLP", -0.258, 0},
                  {"another", 1.0}};
    return tree;
}

/// A finding of every kind, and a citation.
inline Findings sample_findings() {
    Findings findings;
    findings.question = "Why does “to” look at “Mary”?";
    findings.reading = "Read down: query times key is the logit, softmax makes it the weight.";
    findings.sentences = {"“to” gives “Mary” 0.810 of its attention.",
                          "The logit 3.533 is the largest of its row."};
    findings.findings.push_back({"lens", "logit lens", "Each square: the likeliest next token.",
                                 sample_lens(), "nostalgebraist 2020"});
    findings.findings.push_back({"rank", "rank", "", sample_ranks(), "", true});
    findings.findings.push_back({"contributions", "contributions", "Orange for, blue against.",
                                 sample_contributions(), "Elhage et al. 2021"});
    findings.findings.push_back({"largest", "six largest", "", sample_bars(), "", true});
    findings.findings.push_back(
        {"relation", "relation",
         "q and k multiplied, 64 dimensions; pairs that rotate together, fast pairs left",
         sample_dimensions()});
    findings.findings.push_back({"keys", "weight and content",
                                 "softmax of the row: exp(3.533 ÷ 1.00 − 3.743) = 0.810",
                                 sample_table(), "Kobayashi et al. 2020"});
    findings.findings.push_back({"entropy", "entropy by token", "", sample_entropies()});
    findings.findings.push_back({"heads", "all heads", "", sample_points(), "", true});
    findings.findings.push_back({"tokens", "saliency", "", sample_strip()});
    findings.findings.push_back({"tree", "history", "", sample_tree(), "", true});
    findings.arrays.push_back(found_array("lens.3", Tensor::filled({2, 3}, 0.25f)));
    Tensor weights = Tensor::uninitialised({14});
    for (Index i = 0; i < 14; ++i)
        weights.data()[i] = static_cast<float>(i) / 13;
    findings.arrays.push_back(found_array("weight.23.0", std::move(weights)));
    findings.metadata = {{"position", "13"}, {"axes", "[\"layer\", \"token\"]"}};
    return findings;
}

}  // namespace fovea::test
