// Findings beside and under one another, what they share, and how they fit a window.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/export/pixels.h"
#include "engine/figure/lay_out.h"
#include "engine/figure/links.h"
#include "engine/figure/text_ruler.h"
#include "laid_out.h"
#include "sample_findings.h"

namespace fovea {
namespace {

using test::expect_tidy, test::HalfWide, test::items_of, test::number, test::scene_of,
    test::text_in, test::with;

/// What stands beside a matrix and has its places has its rows.
TEST(LayOut, NeighboursShareTheirRows) {
    Findings findings;
    findings.findings.push_back({"lens", "", "", test::sample_lens()});
    findings.findings.push_back({"rank", "", "", test::sample_ranks(), "", true});
    const Scene scene = scene_of(findings, 900);
    const SceneBox square = box_of(scene, number(7 * 14)).value();
    const SceneBox place = box_of(scene, {1, SceneElement::Of::column, 7}).value();
    EXPECT_DOUBLE_EQ(square.y, place.y);
    EXPECT_DOUBLE_EQ(square.height, place.height);
    EXPECT_GT(place.x, square.x);

    const Scene narrow = scene_of(findings, 260);
    EXPECT_GT(box_of(narrow, {1, SceneElement::Of::column, 0})->y,
              box_of(narrow, number(11 * 14))->y)
        << "where there is no room it stands below";
}

/// Pairs of dimensions stand under their two squares.
TEST(LayOut, PlotsUnderOneAnotherShareTheirEdges) {
    finding::Matrix components;
    components.rows.labels = {"q", "k"};
    components.values = Tensor::filled({2, 12}, 0.5f);
    finding::Bars products;
    products.upright = true;
    finding::Series sum;
    sum.lines.push_back({"sum", {}, {}});
    for (int i = 0; i < 6; ++i) {
        products.bars.push_back({std::to_string(i), i - 2.5, {}});
        sum.x.labels.push_back(std::to_string(i));
        sum.lines.front().values.push_back(static_cast<float>(i));
    }
    Findings findings;
    findings.findings.push_back({"components", "", "", std::move(components)});
    findings.findings.push_back({"products", "", "", products, "", false, true});
    findings.findings.push_back({"sum", "", "", sum, "", false, true});
    for (const double width : {300.0, 777.0}) {
        const Scene scene = scene_of(findings, width);
        const SceneBox left = box_of(scene, number(6)).value();
        const SceneBox right = box_of(scene, number(7)).value();
        const SceneBox pair = box_of(scene, number(3, 1)).value();
        const SceneBox place = box_of(scene, {2, SceneElement::Of::column, 3}).value();
        EXPECT_EQ(left.width, std::floor(left.width)) << "sharp edges";
        EXPECT_NEAR(pair.x, left.x, 1e-9);
        EXPECT_NEAR(pair.x + pair.width, right.x + right.width, 1e-9);
        EXPECT_NEAR(place.x, pair.x, 1e-9);
        EXPECT_NEAR(place.width, pair.width, 1e-9);
        EXPECT_GT(pair.y, left.y);
        EXPECT_GT(place.y, pair.y);
    }
}

/// Two tables of the same keys: the second one needs no column for them.
TEST(LayOut, TablesOfTheSameRowsNameThemOnce) {
    const auto table = [](const char* title) {
        finding::Table of;
        of.columns = {{.title = "key"}, {.title = title, .bar = true}};
        of.rows = {{.cells = {"Mary", 0.8}},
                   {.cells = {"When", 0.2}},
                   {.cells = {"sum", 1.0}, .total = true}};
        return of;
    };
    Findings findings;
    findings.findings.push_back({"weight", "", "", table("weight")});
    findings.findings.push_back({"content", "", "", table("share"), "", true});
    const Scene scene = scene_of(findings, 700);
    int keys = 0;
    for (const SceneText& text : items_of<SceneText>(scene))
        keys += text.text == "Mary";
    EXPECT_EQ(keys, 1);
    for (Index row = 0; row < 3; ++row)
        EXPECT_EQ(box_of(scene, number(row, 0))->y, box_of(scene, number(row, 1))->y);
    EXPECT_GT(box_of(scene, number(0, 1))->x,
              box_of(scene, number(0, 0))->x + box_of(scene, number(0, 0))->width);
    std::get<finding::Table>(findings.findings[1].kind).rows[0].cells[0] = "John";
    const Scene apart = scene_of(findings, 700);
    EXPECT_TRUE(text_in(apart, "John")) << "other rows have their own names";
}

/// Whatever the width and the theme: no text beyond the edge, and no two texts over each other.
TEST(LayOut, TextsNeitherClipNorOverlap) {
    TextRuler pango;
    HalfWide half;
    Findings findings = test::sample_findings();
    auto& lens = std::get<finding::Matrix>(findings.findings[0].kind);
    lens.columns.labels[2] = "Donaudampfschifffahrtsgesellschaft";
    lens.columns.labels[3] = "人人生而自由在尊严和权利上一律平等";
    auto& bars = std::get<finding::Bars>(findings.findings[3].kind);
    bars.bars[2].label = "人人生而自由在尊严和权利上一律平等他们赋有理性和良心";
    for (TextMeasure* ruler : {static_cast<TextMeasure*>(&pango), static_cast<TextMeasure*>(&half)})
        for (const double width : {0.0, 1200.0, 780.0, 560.0, 420.0, 300.0})
            for (const double height : {0.0, 1400.0, 900.0})
                expect_tidy(lay_out(findings, *ruler, figure_look(false),
                                    {.width = width, .height = height, .margin = 12}),
                            *ruler, fmt::format(" at {} x {}", width, height));
}

TEST(LayOut, EveryKindIsDrawnInBothThemes) {
    TextRuler ruler;
    const Findings findings = test::sample_findings();
    for (size_t i = 0; i < findings.findings.size(); ++i)
        for (const bool dark : {true, false}) {
            const Scene scene = lay_out(findings, ruler, figure_look(dark),
                                        {.margin = 8, .only = static_cast<Index>(i)});
            const auto picture = pixels_of(scene, 1);
            ASSERT_TRUE(picture.ok()) << picture.message();
            std::map<std::uint32_t, int> colours;
            for (size_t at = 0; at < picture->rgba.size(); at += 4)
                ++colours[static_cast<std::uint32_t>(
                    picture->rgba[at] << 16 | picture->rgba[at + 1] << 8 | picture->rgba[at + 2])];
            const auto most =
                std::ranges::max_element(colours, {}, [](const auto& pair) { return pair.second; });
            EXPECT_GT(colours.size(), 20u) << findings.findings[i].name;
            EXPECT_EQ(most->first, dark ? 0x0f1317u : 0xffffffu) << findings.findings[i].name;
            EXPECT_FALSE(scene.elements.empty()) << findings.findings[i].name;
        }
}

TEST(LayOut, NothingAtAllIsNoCrash) {
    HalfWide ruler;
    Findings empty;
    const auto add = [&](finding::Kind kind) {
        empty.findings.push_back({"none", "title", "", std::move(kind)});
    };
    add(finding::Matrix());
    add(finding::Series());
    add(finding::Series{.downward = true});
    add(finding::Points());
    add(finding::Bars());
    add(finding::Bars{.upright = true});
    add(finding::Tokens());
    add(finding::Tree());
    add(finding::Table());
    for (const double width : {0.0, 10.0, 400.0})
        EXPECT_GE(lay_out(empty, ruler, figure_look(true), {.width = width}).height, 0);
    EXPECT_GE(lay_out(Findings(), ruler, figure_look(true)).width, 0);
}

/// As many layers as a model of 30 has, a curve of ranks and one of distances.
Findings deep_lens() {
    Findings findings;
    findings.question = "What would the model say after each layer?";
    findings.reading = "Each square: the next token if the model stopped there.";
    findings.sentences = {"“Mary” is the best token from after layer 29 on."};
    findings.findings.push_back(
        {"lens", "Logit lens", "the best token", test::sample_lens(31), "nostalgebraist 2020"});
    findings.findings.push_back({"rank", "rank", "place", test::sample_ranks(31), "", true});
    findings.findings.push_back({"kl", "KL, nats", "how far", test::sample_ranks(31), "", true});
    return findings;
}

/// The middle of a window of 1440 by 900, and of one of 1280 by 800.
constexpr std::pair<double, double> middles[] = {{808, 681}, {648, 581}};

TEST(Fitting, AllLayersOfALensStandInTheWindowWithTheirCurves) {
    TextRuler pango;
    HalfWide half;
    const Findings findings = deep_lens();
    for (TextMeasure* ruler : {static_cast<TextMeasure*>(&pango), static_cast<TextMeasure*>(&half)})
        for (const auto& [width, height] : middles) {
            const Scene scene = lay_out(findings, *ruler, figure_look(true),
                                        {.width = width, .height = height, .margin = 16});
            EXPECT_LE(scene.height, height);
            EXPECT_GT(scene.height, 0.9 * height) << "no room is left empty";
            expect_tidy(scene, *ruler, fmt::format(" at {} x {}", width, height));
            const SceneBox first = box_of(scene, number(0)).value();
            EXPECT_GE(first.height, 12);
            for (const Index curve : {1, 2}) {
                const SceneBox place = box_of(scene, {curve, SceneElement::Of::column, 20}).value();
                EXPECT_GT(place.x, box_of(scene, number(13))->x) << "beside the squares";
                EXPECT_DOUBLE_EQ(place.y, box_of(scene, number(20 * 14))->y);
            }
        }
}

/// Names of lines are read whole, and curves have what width there is.
TEST(Fitting, CurvesBesideALensHaveTheirNamesAndTheFreeWidth) {
    Findings findings = deep_lens();
    auto& ranks = std::get<finding::Series>(findings.findings[1].kind);
    ranks.lines[1].label = "␣Mary, unedited";
    TextRuler pango;
    HalfWide half;
    for (TextMeasure* ruler : {static_cast<TextMeasure*>(&pango), static_cast<TextMeasure*>(&half)})
        for (const auto& [width, height] : {std::pair{648.0, 581.0}, std::pair{1258.0, 820.0}}) {
            const Scene scene = lay_out(findings, *ruler, figure_look(true),
                                        {.width = width, .height = height, .margin = 16});
            EXPECT_TRUE(text_in(scene, "Mary, unedited")) << width;
            expect_tidy(scene, *ruler, fmt::format(" at {} x {}", width, height));
            if (width > 1000) {
                EXPECT_GT(box_of(scene, {1, SceneElement::Of::column, 20})->width, 160);
            }
        }
}

TEST(Fitting, MoreRoomIsUsedAndFarTooLittleIsScrolled) {
    HalfWide ruler;
    const Findings findings = deep_lens();
    const auto pitch = [&](double height) {
        const Scene scene = lay_out(findings, ruler, figure_look(true),
                                    {.width = 808, .height = height, .margin = 16});
        return box_of(scene, number(0))->height;
    };
    double before = 0;
    for (const double height : {560.0, 600.0, 650.0, 700.0, 760.0}) {
        EXPECT_GE(pitch(height), before);
        before = pitch(height);
    }
    EXPECT_EQ(pitch(2000), 18) << "as high as it likes to be";
    EXPECT_EQ(pitch(200), 18) << "where it must be scrolled it may as well be read at ease";
    EXPECT_EQ(pitch(500), 12) << "a little too high: as small as can be read";
}

/// Whatever a figure is made of, less room makes all of it lower, and it stays tidy.
TEST(Fitting, EveryKindGivesWay) {
    TextRuler ruler;
    Findings findings = test::sample_findings();
    for (Finding& finding : findings.findings)
        finding.beside = false;
    const auto laid = [&](Index only, double height) {
        return lay_out(findings, ruler, figure_look(true),
                       {.width = 500, .height = height, .with_words = false, .only = only});
    };
    for (Index i = 0; i < std::ssize(findings.findings); ++i) {
        const std::string& name = findings.findings[static_cast<size_t>(i)].name;
        const double at_ease = laid(i, 5000).height;
        const Scene less = laid(i, at_ease - 10);
        if (name == "tokens") continue;  // lines of text, as many as they are
        EXPECT_LT(less.height, at_ease) << name;
        expect_tidy(less, ruler, " of " + name);
    }
}

/// The stages of a cell: numbers that share dimensions, two tables of the same keys, and a picture
/// of layers beside its row sums and its largest terms.
Findings staged() {
    Findings findings;
    findings.question = "Why does “to” look at “Mary”?";
    findings.reading = "Read down.";
    findings.sentences = {"q·k is 28.26.", "softmax is 0.810."};
    findings.stages = {{"Relation", "q and k multiplied"},
                       {"Weight", "exp(3.533 − 3.743) = 0.810, 1st of 14, and what is left of it"},
                       {"Content", "each value through W_O"},
                       {"History", "the same logit as writers"}};
    const auto add = [&](const char* name, finding::Kind kind, Index stage, bool beside,
                         bool under = false) {
        findings.findings.push_back({.name = name,
                                     .title = name,
                                     .caption = "of its own",
                                     .kind = std::move(kind),
                                     .beside = beside,
                                     .under = under,
                                     .stage = stage});
    };
    finding::Matrix components;
    components.rows.labels = {"q", "k"};
    components.columns.labels = test::numbered(128);
    components.values = Tensor::filled({2, 128}, 0.5f);
    finding::Series sum;
    sum.steps = true;
    sum.y = {.title = "sum", .is_signed = true};
    sum.x = {.title = "pair", .labels = test::numbered(64), .first = "fast", .last = "slow"};
    sum.lines.push_back({"sum", std::vector<float>(64, 1.0f), {}});
    finding::Table way;
    way.columns = {{"", ""}, {"", ""}};
    way.rows = {{.cells = {"19 pairs for", 71.2}}, {.cells = {"logit", 3.533}, .total = true}};
    add("components", std::move(components), 1, false);
    add("products", test::sample_dimensions(), 1, false, true);
    add("sum", std::move(sum), 1, false, true);
    add("logit", way, 1, true);
    finding::Table keys = test::sample_table();
    keys.columns.resize(3);
    for (auto& row : keys.rows)
        row.cells.resize(3);
    add("weight", keys, 2, false);
    add("content", keys, 3, true);
    finding::Bars sums;
    sums.value = {.title = "row sum", .is_signed = true};
    for (Index i = 0; i < 25; ++i)
        sums.bars.push_back({std::to_string(i), std::sin(static_cast<double>(i)), {}});
    add("history", test::sample_contributions(25, 25), 4, false);
    add("rows", sums, 4, true);
    add("terms", test::sample_table(), 4, true);
    return findings;
}

TEST(Fitting, StagesStandWholeInTheWindow) {
    TextRuler pango;
    HalfWide half;
    const Findings findings = staged();
    for (TextMeasure* ruler :
         {static_cast<TextMeasure*>(&pango), static_cast<TextMeasure*>(&half)}) {
        const Scene scene = lay_out(findings, *ruler, figure_look(true),
                                    {.width = 808, .height = 681, .margin = 16});
        EXPECT_LE(scene.height, 681);
        EXPECT_GT(scene.height, 0.9 * 681);
        expect_tidy(scene, *ruler, " in stages");
        double y[5] = {};
        for (const int stage : {1, 2, 3, 4}) {
            const auto title =
                text_in(scene, std::array{"RELATION", "WEIGHT", "CONTENT",
                                          "HISTORY"}[static_cast<size_t>(stage - 1)]);
            ASSERT_TRUE(title) << stage;
            y[stage] = title->y;
        }
        EXPECT_LT(y[1], y[2]);
        EXPECT_EQ(y[2], y[3]) << "side by side";
        EXPECT_LT(y[3], y[4]);
        EXPECT_FALSE(text_in(scene, "of its own")) << "a stage's findings have its heading";
        EXPECT_FALSE(text_in(scene, "q·k is 28.26.")) << "the stages say it";
        EXPECT_TRUE(text_in(scene, "fast"));
        // The keys of the two tables are one row each, the picture's layers those of its sums.
        EXPECT_EQ(box_of(scene, number(3, 4))->y, box_of(scene, number(3, 5))->y);
        EXPECT_EQ(box_of(scene, number(7 * 25, 6))->y, box_of(scene, number(7, 7))->y);
        // A pair stands under its two dimensions.
        EXPECT_NEAR(box_of(scene, number(10, 0))->x, box_of(scene, number(5, 1))->x, 1e-9);
        EXPECT_GT(box_of(scene, number(0, 3))->x, box_of(scene, number(127, 0))->x);
    }
    // In a small window a heading loses its last clauses, not half a word.
    for (TextMeasure* ruler :
         {static_cast<TextMeasure*>(&pango), static_cast<TextMeasure*>(&half)}) {
        const Scene small = lay_out(findings, *ruler, figure_look(true),
                                    {.width = 648, .height = 581, .margin = 16});
        EXPECT_TRUE(text_in(small, "exp(3.533 − 3.743) = 0.810, 1st of 14") ||
                    text_in(small, "exp(3.533 − 3.743) = 0.810"));
    }
    // On paper there is no height to fit, and everything is said.
    HalfWide ruler;
    const Scene paper = lay_out(findings, ruler, figure_look(true), {.width = 808});
    EXPECT_TRUE(text_in(paper, "q·k is 28.26."));
    EXPECT_TRUE(text_in(paper, "RELATION"));
    const Scene one = lay_out(findings, ruler, figure_look(true), {.width = 808, .only = 4});
    EXPECT_TRUE(text_in(one, "weight")) << "alone it has its own title";
    EXPECT_FALSE(text_in(one, "WEIGHT"));
}

/// On paper whose works must be named they are, however little room there is; a window names them
/// in its list of questions as well.
TEST(Fitting, CitationsGiveWayOnlyWhereTheyMay) {
    HalfWide ruler;
    Findings findings = staged();
    findings.reading = std::string(120, 'r');
    findings.findings[0].citation = "Vaswani et al. 2017";
    FigureOptions options{.width = 808, .height = 681, .margin = 16};
    const Scene paper = lay_out(findings, ruler, figure_look(true), options);
    EXPECT_LE(paper.height, 681);
    EXPECT_TRUE(text_in(paper, "Vaswani et al. 2017"));
    options.may_drop_citations = true;
    EXPECT_FALSE(
        text_in(lay_out(findings, ruler, figure_look(true), options), "Vaswani et al. 2017"));
    findings.reading = "Read down.";
    EXPECT_TRUE(
        text_in(lay_out(findings, ruler, figure_look(true), options), "Vaswani et al. 2017"))
        << "beside how to read it there is room";
}

}  // namespace
}  // namespace fovea
