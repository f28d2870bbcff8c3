// The kinds of findings as scenes: how long, how high, what colour. Widths of text are made up
// here, so that every place can be reckoned by hand.

#include <gtest/gtest.h>

#include "engine/core/number_text.h"
#include "engine/figure/lay_out.h"
#include "engine/figure/links.h"
#include "laid_out.h"
#include "sample_findings.h"

namespace fovea {
namespace {

using test::HalfWide, test::items_of, test::number, test::scene_of, test::text_in, test::with;

TEST(NumberText, IsForPeople) {
    EXPECT_EQ(number_text(-1.0712, 3), "−1.071");
    EXPECT_EQ(number_text(0.868, 3, true), "+0.868");
    EXPECT_EQ(number_text(-0.0001, 3, true), "0.000") << "a zero has no sign";
    EXPECT_EQ(number_text(58073, 0), "58\u00A0073");
    EXPECT_EQ(number_text(1234, 1), "1234.0");
    EXPECT_EQ(number_text(std::nan(""), 3), "–");
    EXPECT_EQ(number_text(-INFINITY, 3), "−∞");
    EXPECT_EQ(number_text_or_power(0.0003, 3), "3·10⁻⁴");
    EXPECT_EQ(number_text_or_power(-0.00041, 3, true), "−4·10⁻⁴");
    EXPECT_EQ(number_text_or_power(1e-12, 3, true), "+10⁻¹²");
    EXPECT_EQ(number_text_or_power(0.0006, 3), "0.001");
    EXPECT_EQ(number_text_or_power(0, 3), "0.000");
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

/// Of six hundred numbers a person reads the largest; the rest are one line, and the sum closes.
TEST(Bars, OfManyTheLongestAreShown) {
    finding::Bars bars;
    double sum = 0;
    for (int i = 0; i < 600; ++i) {
        bars.bars.push_back({std::to_string(i), (i * 7 % 600) / 100.0, TokenAt{i}});
        sum += bars.bars.back().value;
    }
    bars.sum = sum;
    const Findings findings = with(bars);
    const Scene scene = scene_of(findings, 300);
    EXPECT_LT(scene.height, 320);
    std::vector<Index> shown;
    double shown_sum = 0;
    for (const SceneElements& one : scene.elements) {
        shown.push_back(one.first.index);
        shown_sum += bars.bars[static_cast<size_t>(one.first.index)].value;
    }
    ASSERT_EQ(shown.size(), 12u);
    for (size_t i = 0; i < shown.size(); ++i)
        EXPECT_DOUBLE_EQ(bars.bars[static_cast<size_t>(shown[i])].value,
                         (599 - static_cast<double>(i)) / 100.0);
    EXPECT_TRUE(text_in(scene, "588 others"));
    EXPECT_TRUE(text_in(scene, number_text(sum - shown_sum, 3)));
    EXPECT_TRUE(text_in(scene, number_text(sum, 3)));
    bars.sum.reset();
    EXPECT_TRUE(text_in(scene_of(with(bars), 300), "≤ 5.870")) << "what is no sum has a bound";
}

/// A rank of 1 is the best there is: it is the brightest.
TEST(Matrix, OfRanksTheLowAreBright) {
    finding::Matrix matrix;
    matrix.value = {.title = "rank",
                    .scale = finding::Scale::logarithmic,
                    .low = 1,
                    .high = 10000,
                    .falling = true};
    matrix.values = Tensor::filled({1, 12}, 1);
    matrix.values.at(0, 1) = 10000;
    const Scene scene = scene_of(with(std::move(matrix)), 400);
    const auto squares = items_of<SceneRectangle>(scene);
    ASSERT_GE(squares.size(), 2u);
    EXPECT_EQ(squares[0].colour, colour_at(ColourMapName::viridis, 1));
    EXPECT_EQ(squares[1].colour, colour_at(ColourMapName::viridis, 0));
    EXPECT_TRUE(text_in(scene, "rank, bright: low"));
}

TEST(Matrix, SignsThatOccurAreExplained) {
    Findings findings = with(test::sample_lens(3));
    auto& matrix = std::get<finding::Matrix>(findings.findings[0].kind);
    matrix.texts[0] = "␣";
    matrix.texts[1] = "␣the";
    const Scene spaces = scene_of(findings, 900);
    EXPECT_TRUE(text_in(spaces, "␣ space"));
    EXPECT_FALSE(text_in(spaces, "⏎ line break"));
    EXPECT_FALSE(text_in(spaces, "␣the")) << "a square has the word alone";
    matrix.texts[0] = "⏎";
    matrix.texts[2] = "⍽";
    const Scene breaks = scene_of(findings, 900);
    EXPECT_TRUE(text_in(breaks, "⏎ line break"));
    EXPECT_TRUE(text_in(breaks, "⍽ no-break space"));
    EXPECT_FALSE(text_in(breaks, "␣ space"));
    EXPECT_FALSE(text_in(breaks, "changed by the edits"));
    matrix.changed.assign(matrix.texts.size(), false);
    matrix.changed[5] = true;
    EXPECT_TRUE(text_in(scene_of(findings, 900), "changed by the edits"));
}

/// Headings side by side are whole words where there is room for them in any size, and upright
/// before most of them are cut.
TEST(Matrix, HeadingsCanBeRead) {
    Findings findings = with(test::sample_lens(3));
    auto& matrix = std::get<finding::Matrix>(findings.findings[0].kind);
    for (std::string& label : matrix.columns.labels)
        label = "␣" + label;
    for (const double width : {780.0, 560.0, 460.0, 300.0}) {
        const Scene scene = scene_of(findings, width);
        int whole = 0;
        for (const SceneText& text : items_of<SceneText>(scene))
            whole += text.text == "Mary" || text.text == "drink" || text.text == "store" ||
                     text.text == "Mary  1" || text.text == "store  7" || text.text == "drink  12";
        EXPECT_GE(whole, 3) << width;
    }
}

/// A running sum stays where it is until the next place begins.
TEST(Series, StepsHoldForTheirPlaces) {
    finding::Series series;
    series.y = {.low = 0, .high = 10};
    series.lines = {{"sum", {2, 10}, {}}};
    series.steps = true;
    const Scene scene = scene_of(with(series), 400);
    ASSERT_EQ(scene.curves.size(), 1u);
    const auto& points = scene.curves[0].points;
    ASSERT_EQ(points.size(), 4u);
    EXPECT_EQ(points[0].y, points[1].y);
    EXPECT_EQ(points[1].x, points[2].x);
    EXPECT_NEAR(points[1].y - points[2].y, 0.8 * 120, 1e-9);
}

/// Two lines that run apart are named where they are, not in a legend.
TEST(Series, LinesThatAreApartHaveTheirNamesBesideThem) {
    finding::Series series = test::sample_ranks(12);
    series.lines[0].values.assign(12, 1);
    series.lines[1].values.assign(12, 10000);
    series.lines[0].label = "␣Mary";
    const Scene scene = scene_of(with(series), 200);
    const auto mary = text_in(scene, "Mary"), john = text_in(scene, "John");
    ASSERT_TRUE(mary && john);
    const auto& places = scene.curves;
    ASSERT_EQ(places.size(), 2u);
    const double last = places[0].points.back().y;
    EXPECT_LT(mary->y, last);
    EXPECT_LT(john->y, last) << "among the rows";
    for (const SceneCurve& curve : places) {
        const auto& name = curve.line == 0 ? *mary : *john;
        EXPECT_LT(std::abs(curve.points[5].x - name.x), 40) << "beside its line";
    }
}

}  // namespace
}  // namespace fovea
