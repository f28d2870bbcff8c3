// Findings as scenes: where things stand, what colour they have, what is under the pointer. Widths
// of text are made up here, so that every place can be reckoned by hand.

#include <gtest/gtest.h>

#include <map>

#include "engine/core/number_text.h"
#include "engine/export/pixels.h"
#include "engine/figure/lay_out.h"
#include "engine/figure/links.h"
#include "engine/figure/text_ruler.h"
#include "sample_findings.h"

namespace fovea {
namespace {

/// Every character is half as wide as it is high.
class HalfWide final : public TextMeasure {
  public:
    double width(std::string_view text, const TextStyle& style) override {
        double characters = 0;
        for (const char c : text)
            characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        return characters * style.size / 2;
    }
};

Findings with(finding::Kind kind) {
    Findings findings;
    findings.findings.push_back({"one", "", "", std::move(kind)});
    return findings;
}

Scene scene_of(const Findings& findings, double width = 0, bool dark = true) {
    HalfWide ruler;
    return lay_out(findings, ruler, figure_look(dark), {.width = width, .with_words = false});
}

template <class Item>
std::vector<Item> items_of(const Scene& scene) {
    std::vector<Item> found;
    for (const SceneItem& item : scene.items)
        if (const auto* one = std::get_if<Item>(&item)) found.push_back(*one);
    return found;
}

std::optional<SceneText> text_in(const Scene& scene, std::string_view text) {
    for (const SceneText& item : items_of<SceneText>(scene))
        if (item.text == text) return item;
    return std::nullopt;
}

SceneElement number(Index i, Index finding = 0) {
    return {finding, SceneElement::Of::number, i};
}

TEST(NumberText, IsForPeople) {
    EXPECT_EQ(number_text(-1.0712, 3), "−1.071");
    EXPECT_EQ(number_text(0.868, 3, true), "+0.868");
    EXPECT_EQ(number_text(-0.0001, 3, true), "0.000") << "a zero has no sign";
    EXPECT_EQ(number_text(58073, 0), "58\u00A0073");
    EXPECT_EQ(number_text(1234, 1), "1234.0");
    EXPECT_EQ(number_text(std::nan(""), 3), "–");
    EXPECT_EQ(number_text(-INFINITY, 3), "−∞");
}

std::vector<std::string> ticks_of(const NumberAxis& axis, int wanted) {
    std::vector<std::string> labels;
    for (const AxisTick& tick : axis.ticks(wanted)) {
        EXPECT_NEAR(tick.share, axis.share(tick.value), 1e-9);
        labels.push_back(tick.label);
    }
    return labels;
}

TEST(NumberAxis, HasRoundTicks) {
    using finding::Scale;
    using Labels = std::vector<std::string>;
    EXPECT_EQ(ticks_of({Scale::linear, 0, 8}, 5), (Labels{"0", "2", "4", "6", "8"}));
    EXPECT_EQ(ticks_of({Scale::logarithmic, 1, 1e4}, 5), (Labels{"1", "10", "100", "1000", "10⁴"}));
    EXPECT_EQ(ticks_of({Scale::logarithmic, 1, 1e6}, 4), (Labels{"1", "100", "10⁴", "10⁶"}));
    EXPECT_EQ(ticks_of({Scale::square_root, 0, 100}, 3), (Labels{"0", "20", "100"}));
    EXPECT_EQ(ticks_of({Scale::square_root, -4, 4}, 5), (Labels{"−4", "−1", "0", "1", "4"}));
    EXPECT_DOUBLE_EQ(NumberAxis({Scale::square_root, -4, 4}).share(1), 0.75);
    EXPECT_DOUBLE_EQ(NumberAxis({Scale::logarithmic, 1, 1e4}).share(100), 0.5);
}

TEST(NumberAxis, EndsAreRoundWhereTheyAreFree) {
    const auto ends = [](const finding::ValueAxis& value, double smallest, double largest) {
        const NumberAxis axis = number_axis(value, smallest, largest, false);
        return std::pair(axis.low, axis.high);
    };
    EXPECT_EQ(ends({}, 0.3, 2.83), std::pair(0.0, 3.0));
    EXPECT_EQ(ends({.is_signed = true}, -2.83, 1), std::pair(-3.0, 3.0));
    EXPECT_EQ(ends({.scale = finding::Scale::logarithmic}, 3, 4200), std::pair(1.0, 10000.0));
    EXPECT_EQ(ends({.low = 0, .high = 1}, 0.2, 0.4), std::pair(0.0, 1.0));
    EXPECT_EQ(ends({}, 1, -1), std::pair(0.0, 1.0)) << "no number at all";
    EXPECT_EQ(ends({}, 0, 0), std::pair(0.0, 1.0));
}

TEST(TextMeasure, WrapsAndShortens) {
    HalfWide ruler;
    const TextStyle style{10, false, {}};  // five units a character
    EXPECT_EQ(ruler.shortened("abcdefgh", style, 30), "abcde…");
    EXPECT_EQ(ruler.wrapped("one two three", style, 40),
              (std::vector<std::string>{"one two", "three"}));
    EXPECT_EQ(ruler.wrapped("人人生而自由", style, 15),
              (std::vector<std::string>{"人人生", "而自由"}));
    EXPECT_EQ(ruler.wrapped("unbreakable", style, 30),
              (std::vector<std::string>{"unbrea", "kable"}));
    EXPECT_EQ(ruler.wrapped("a\nb", style, 30), (std::vector<std::string>{"a", "b"}));
}

TEST(SignedColour, ZeroIsTheGroundAndSidesDiffer) {
    for (const bool dark : {true, false}) {
        const FigureTheme theme = figure_theme(dark, ColourMapName::viridis);
        const Colour zero = signed_colour(theme, 0), for_it = signed_colour(theme, 0.6),
                     against = signed_colour(theme, -0.6);
        for (size_t c = 0; c < 3; ++c)
            EXPECT_NEAR(zero[c], theme.background[c], 18) << "hardly seen";
        EXPECT_GT(for_it[0], for_it[2] + 60) << "orange";
        EXPECT_GT(against[2], against[0] + 60) << "blue";
        EXPECT_EQ(signed_colour(theme, 5), signed_colour(theme, 1));
        EXPECT_EQ(signed_colour(theme, std::nan("")), zero);
    }
}

/// Two numbers, one twice the other and against it: bars from one zero, in one measure.
TEST(Bars, LengthsAreInProportion) {
    finding::Bars bars;
    bars.value.is_signed = true;
    bars.bars = {{"a", 2.0, {}}, {"b", -1.0, {}}, {"c", 0.0, {}}};
    bars.sum = 1;
    const Findings findings = with(bars);
    const Scene scene = scene_of(findings, 300);
    const auto boxes = items_of<SceneRectangle>(scene);
    ASSERT_EQ(boxes.size(), 2u) << "zero has no bar";
    EXPECT_NEAR(boxes[0].width, 2 * boxes[1].width, 1e-9);
    EXPECT_NEAR(boxes[1].x + boxes[1].width, boxes[0].x, 1e-9) << "they meet at zero";
    const FigureTheme theme = figure_theme(true, ColourMapName::viridis);
    EXPECT_EQ(boxes[0].colour, length_colour(theme, 1));
    EXPECT_EQ(boxes[1].colour, length_colour(theme, -1));
    EXPECT_TRUE(text_in(scene, "+2.000"));
    EXPECT_TRUE(text_in(scene, "−1.000"));
    ASSERT_TRUE(text_in(scene, "+1.000")) << "the sum";
    EXPECT_GT(text_in(scene, "+1.000")->y, text_in(scene, "0.000")->y);
    EXPECT_TRUE(text_in(scene, "+1.000")->style.bold);
}

TEST(Bars, UprightOnesStandOnZero) {
    finding::Bars bars;
    bars.upright = true;
    bars.value = {.is_signed = true};
    bars.bars = {{"0", 3.0, {}}, {"1", -1.0, {}}};
    const auto boxes = items_of<SceneRectangle>(scene_of(with(bars), 200));
    ASSERT_EQ(boxes.size(), 2u);
    EXPECT_NEAR(boxes[0].y + boxes[0].height, boxes[1].y, 1e-9);
    EXPECT_NEAR(boxes[0].height, 72, 1) << "three quarters of 96";
    EXPECT_NEAR(boxes[1].height, 24, 1);
}

TEST(Matrix, SquaresHaveTheColoursOfTheirValues) {
    finding::Matrix matrix;
    matrix.rows.labels = {"0", "1"};
    matrix.columns.labels = {"x", "y"};
    matrix.value = {.low = 0, .high = 1};
    matrix.values = Tensor::filled({2, 2}, 0);
    matrix.values.at(0, 1) = 1;
    matrix.values.at(1, 0) = 0.5f;
    matrix.values.at(1, 1) = test::no_number;
    const Findings findings = with(std::move(matrix));
    const Scene scene = scene_of(findings, 400);
    const auto box = [&](Index i) { return box_of(scene, number(i)).value(); };
    const auto colour = [&](Index i) {
        for (const auto& item : items_of<SceneRectangle>(scene))
            if (item.x == box(i).x && item.y == box(i).y) return item.colour;
        ADD_FAILURE() << "no square " << i;
        return Colour{};
    };
    EXPECT_EQ(colour(0), colour_at(ColourMapName::viridis, 0));
    EXPECT_EQ(colour(1), colour_at(ColourMapName::viridis, 1));
    EXPECT_EQ(colour(2), colour_at(ColourMapName::viridis, 0.5));
    EXPECT_EQ(colour(3), figure_theme(true, ColourMapName::viridis).hidden);
    EXPECT_EQ(box(1).x, box(0).x + 24) << "squares of 24 by 16";
    EXPECT_EQ(box(2).y, box(0).y + 16);
    int strokes = 0;  // of the hatch
    for (const SceneLine& line : items_of<SceneLine>(scene))
        strokes += line.x1 != line.x2 && line.y1 != line.y2 && line.x1 >= box(3).x &&
                   line.x2 <= box(3).x + 24 && line.y1 <= box(3).y + 16 && line.y2 >= box(3).y;
    EXPECT_GE(strokes, 4);
}

/// A picture of more squares than pixels shows the numbers that are farthest from zero.
TEST(Matrix, ManySquaresAreAnImage) {
    finding::Matrix matrix;
    matrix.value.is_signed = true;
    matrix.values = Tensor::filled({2000, 2000}, 0);
    matrix.values.at(1234, 777) = -5;
    const Findings findings = with(std::move(matrix));
    const Scene scene = scene_of(findings, 600);
    const auto images = items_of<SceneImage>(scene);
    ASSERT_EQ(images.size(), 1u);
    EXPECT_LT(images[0].rows * images[0].columns, 2'000'000);
    const Colour loud = signed_colour(figure_theme(true, ColourMapName::viridis), -1);
    EXPECT_EQ(std::ranges::count(images[0].pixels, loud), 1);
    const SceneBox box = box_of(scene, number(1234 * 2000 + 777)).value();
    EXPECT_EQ(element_at(scene, box.x + box.width / 2, box.y + box.height / 2),
              number(1234 * 2000 + 777));
}

/// Where there is no room for every label, those that are there say which they are.
TEST(Matrix, LabelsThatAreLeftOutAreCounted) {
    finding::Matrix matrix;
    matrix.rows.labels.assign(100, "the");
    matrix.columns.labels = test::numbered(200);
    matrix.values = Tensor::filled({100, 200}, 1);
    const Scene scene = scene_of(with(std::move(matrix)), 800);
    EXPECT_TRUE(text_in(scene, "the  0"));
    EXPECT_TRUE(text_in(scene, "the  5"));
    EXPECT_FALSE(text_in(scene, "the  1"));
    EXPECT_TRUE(text_in(scene, "10")) << "numbers need none";
    EXPECT_FALSE(text_in(scene, "9"));
}

TEST(Series, PointsStandOnTheirValues) {
    finding::Series series;
    series.y = {.low = 0, .high = 10};
    series.lines = {{"one", {0, 10, test::no_number, 5}, {}}};
    const Scene scene = scene_of(with(series), 400);
    const auto paths = items_of<ScenePath>(scene);
    ASSERT_EQ(paths.size(), 1u) << "the place behind the gap is a dot";
    ASSERT_EQ(paths[0].points.size(), 2u);
    EXPECT_DOUBLE_EQ(paths[0].points[0].y - paths[0].points[1].y, 120);
    const auto dots = items_of<SceneCircle>(scene);
    ASSERT_EQ(dots.size(), 1u);
    EXPECT_DOUBLE_EQ(dots[0].y, paths[0].points[1].y + 60) << "five is half way";
    const double pitch = paths[0].points[1].x - paths[0].points[0].x;
    EXPECT_NEAR(dots[0].x, paths[0].points[0].x + 3 * pitch, 1e-9);
}

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
        for (const double width : {0.0, 1200.0, 780.0, 560.0, 420.0, 300.0}) {
            const Scene scene =
                lay_out(findings, *ruler, figure_look(false), {.width = width, .margin = 12});
            struct Box {
                double left, right, top, bottom;
                std::string text;
            };
            std::vector<Box> boxes;
            for (const SceneText& text : items_of<SceneText>(scene)) {
                const double length = ruler->width(text.text, text.style), size = text.style.size;
                Box box{0, 0, 0, 0, text.text};
                if (text.angle == 90) {
                    box = {text.x - 0.7 * size, text.x, text.y - length, text.y, text.text};
                } else {
                    const double before = text.anchor == Anchor::start    ? 0
                                          : text.anchor == Anchor::middle ? length / 2
                                                                          : length;
                    box = {text.x - before, text.x - before + length, text.y - 0.7 * size, text.y,
                           text.text};
                }
                EXPECT_GE(box.left, 0) << text.text << " at width " << width;
                EXPECT_LE(box.right, scene.width + 0.01) << text.text << " at width " << width;
                EXPECT_LE(box.bottom, scene.height);
                for (const Box& other : boxes)
                    EXPECT_FALSE(box.left < other.right - 0.5 && other.left < box.right - 0.5 &&
                                 box.top < other.bottom - 0.5 && other.top < box.bottom - 0.5)
                        << box.text << " over " << other.text << " at width " << width;
                boxes.push_back(box);
            }
        }
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

TEST(Links, WhatIsUnderThePointer) {
    const Findings findings = test::sample_findings();
    const Scene scene = scene_of(findings, 900);
    Index met = 0;
    for (const SceneElements& grid : scene.elements)
        for (Index i : {Index{0}, grid.rows * grid.columns - 1}) {
            SceneElement element = grid.first;
            element.index += i / grid.columns * grid.row_stride + i % grid.columns;
            const SceneBox box = box_of(scene, element).value();
            const auto hit = element_at(scene, box.x + box.width / 2, box.y + box.height / 2);
            ASSERT_TRUE(hit);
            met += *hit == element;
            EXPECT_FALSE(describe(findings, element).empty());
        }
    EXPECT_GT(met, 100) << "only where points lie on each other is another one met";
    EXPECT_FALSE(element_at(scene, -5, -5));
    EXPECT_FALSE(element_at(scene, 5, scene.height + 50));
}

TEST(Links, ElementsStandForWhatTheyAreOf) {
    const Findings findings = test::sample_findings();
    const auto first = [&](const SceneElement& element) {
        return referents_of(findings, element)[0];
    };
    EXPECT_EQ(first(number(5 * 14 + 3)), Referent(StateOf{5, 3}));
    EXPECT_EQ(first({0, SceneElement::Of::column, 13}), Referent(TokenAt{13}));
    EXPECT_EQ(first({1, SceneElement::Of::row, 0}), Referent(VocabularyEntry{5}));
    EXPECT_EQ(first(number(1, 3)), Referent(HeadId{29, 1}));
    EXPECT_EQ(describe(findings, number(5 * 14 + 3)),
              "layer 5 · token John · the · probability 0.182");

    finding::Matrix plain;
    plain.rows = {"", {"a", "b"}, {TokenAt{0}, TokenAt{1}}};
    plain.columns = {"", {"x", "y"}, {HeadId{0, 0}, HeadId{0, 1}}};
    plain.values = Tensor::filled({2, 2}, 1);
    const Findings crossed = with(std::move(plain));
    const auto both = referents_of(crossed, number(3));
    EXPECT_EQ(both[0], Referent(TokenAt{1}));
    EXPECT_EQ(both[1], Referent(HeadId{0, 1}));
    const Scene scene = scene_of(crossed, 300);
    const auto boxes = boxes_of(scene, crossed, HeadId{0, 1});
    ASSERT_EQ(boxes.size(), 2u) << "the label and the column";
    EXPECT_EQ(boxes[1].height, 2 * box_of(scene, number(0))->height);
}

TEST(Links, PointingLightsUpWhatIsMeant) {
    const HeadCell cell{3, 2, 7, 5};
    EXPECT_TRUE(lights_up(cell, HeadId{3, 2}));
    EXPECT_TRUE(lights_up(cell, TokenAt{7}));
    EXPECT_TRUE(lights_up(cell, TokenAt{5}));
    EXPECT_FALSE(lights_up(cell, TokenAt{3}));
    EXPECT_FALSE(lights_up(HeadId{3, 2}, cell)) << "a head is not one of its cells";
    EXPECT_TRUE(lights_up(StateOf{3, 2}, TokenAt{2}));
    EXPECT_FALSE(lights_up(Referent(), Referent())) << "nothing is not the same as nothing";

    const Findings findings = test::sample_findings();
    const Scene scene = scene_of(findings, 900);
    const auto boxes = boxes_of(scene, findings, HeadId{10, 3});
    ASSERT_EQ(boxes.size(), 1u);
    EXPECT_EQ(element_at(scene, boxes[0].x + 1, boxes[0].y + 1), number(10 * 9 + 3, 2));
}

}  // namespace
}  // namespace fovea
