#include <gtest/gtest.h>

#include "engine/figure/figure_captions.h"
#include "engine/figure/heads_scale.h"
#include "engine/figure/text_ruler.h"
#include "engine/figure/visible_text.h"
#include "export_fixture.h"

namespace fovea {
namespace {

TEST(MatrixAsText, HasLabelsAndNoStrayTabs) {
    Tensor matrix = Tensor::uninitialised({2, 3});
    const float values[] = {0.5f, 0.25f, 0.1f, 0, 1, std::numeric_limits<float>::infinity()};
    std::copy_n(values, 6, matrix.data());
    const std::vector<std::string> queries = {"a\tb", "c"}, keys = {"x", "y\n", "z\r"};
    EXPECT_EQ(matrix_as_text(matrix, queries, keys),
              "\tx\ty⏎\tz␍\n"
              "a⇥b\t0.5\t0.25\t0.1\n"
              "c\t0\t1\tinf\n");
    EXPECT_EQ(matrix_as_text(matrix, {}, {}), "\t0\t1\t2\n0\t0.5\t0.25\t0.1\n1\t0\t1\tinf\n");
    EXPECT_EQ(matrix_as_text(Tensor(), {}, {}), "\n");
}

TEST(VisibleText, IsValidAndPrintable) {
    EXPECT_EQ(visible_text("日本語 \u00e9 😀"), "日本語 \u00e9 😀");
    EXPECT_EQ(visible_text("a\x01"
                           "b\x7f"),
              "a\uFFFDb\uFFFD");
    EXPECT_EQ(visible_text("\xE4\xBD"), "\uFFFD\uFFFD");            // cut off
    EXPECT_EQ(visible_text("\xC0\x80"), "\uFFFD\uFFFD");            // overlong
    EXPECT_EQ(visible_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
    EXPECT_EQ(visible_text("\xF5\x80\x80\x80").size(), 12u);
    EXPECT_EQ(printable_text("a\n\tb\x02"), "a\n\tb\uFFFD");
}

std::vector<std::string> tick_labels(const ValueScale& scale, int wanted) {
    std::vector<std::string> labels;
    for (const auto& tick : scale.ticks(wanted)) {
        EXPECT_GE(tick.share, -1e-9);
        EXPECT_LE(tick.share, 1 + 1e-9);
        labels.push_back(tick.label);
    }
    return labels;
}

using Labels = std::vector<std::string>;

TEST(ValueScale, TicksAreRound) {
    EXPECT_EQ(tick_labels({ColourMapName::viridis, 0, 1, false}, 6),
              (Labels{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
    EXPECT_EQ(tick_labels({ColourMapName::viridis, -3.2, 4.1, false}, 5),
              (Labels{"−2", "0", "2", "4"}));
    EXPECT_EQ(tick_labels({ColourMapName::viridis, 0, 0.0003, false}, 4),
              (Labels{"0", "0.0001", "0.0002", "0.0003"}));
    EXPECT_EQ(tick_labels({ColourMapName::viridis, 1e-4, 1, true}, 6),
              (Labels{"0.0001", "0.001", "0.01", "0.1", "1"}));
}

TEST(ValueScale, LogarithmicSharesDecadesEvenly) {
    const ValueScale scale{ColourMapName::greys, 1e-4, 1, true};
    EXPECT_NEAR(scale.colour(0.01f)[0], colour_at(ColourMapName::greys, 0.5)[0], 1);
    EXPECT_EQ(scale.colour(0), colour_at(ColourMapName::greys, 0));
    EXPECT_EQ(scale.colour(2), colour_at(ColourMapName::greys, 1));
}

TEST(ValueScale, FollowsTheValues) {
    ExportJob job;
    ValueScale scale = colour_scale_of(job, ColourMapName::viridis, 0, 0.983f);
    EXPECT_DOUBLE_EQ(scale.high, 1);
    // Rows sum to one within float's rounding: a scale up to 1.1 would say that weights reach
    // there.
    EXPECT_DOUBLE_EQ(colour_scale_of(job, ColourMapName::viridis, 0, 1.0000002f).high, 1);
    EXPECT_DOUBLE_EQ(colour_scale_of(job, ColourMapName::viridis, 0, 0.50000006f).high, 0.5);
    scale = colour_scale_of(job, ColourMapName::viridis, 0, 0.0f);
    EXPECT_DOUBLE_EQ(scale.high, 1);
    job.fitted = false;
    scale = colour_scale_of(job, ColourMapName::viridis, 0, 0.3f);
    EXPECT_DOUBLE_EQ(scale.high, 1);
    job.quantity = Quantity::logits;
    scale = colour_scale_of(job, ColourMapName::diverging, -2, 5);
    EXPECT_DOUBLE_EQ(scale.low, -5);
    EXPECT_DOUBLE_EQ(scale.high, 5);
    scale = colour_scale_of(job, ColourMapName::viridis, 3, 3);  // all alike
    EXPECT_LT(scale.low, 3);
    EXPECT_GT(scale.high, 3);
}

TEST(FigureCaptions, EditsInWords) {
    EXPECT_EQ(describe_edits({}), "");
    Edits edits;
    edits.temperatures = {{{Index{2}, Index{5}}, 0.35f}, {{}, 1}};
    edits.mask = {MaskKind::window, 8};
    edits.blocks = {{{}, Index{1}, Index{2}}, {{}, {}, Index{3}}, {{}, {}, Index{4}}};
    edits.ablations = {{{Index{3}, {}}, AblationTarget::mean}};
    EXPECT_EQ(describe_edits(edits),
              "temperature 0.35 in layer 2 head 5 · window of 8 tokens · 1 cell hidden · "
              "2 keys hidden · layer 3 silenced to the mean");
    edits = {};
    for (Index head = 0; head < 6; ++head)
        edits.temperatures.push_back({{{}, head}, 2});
    EXPECT_NE(describe_edits(edits).find("3 more temperatures"), std::string::npos);
}

TEST(TextRuler, ShortensAndWraps) {
    TextRuler ruler;
    const TextStyle style{11, false, {}};
    EXPECT_EQ(ruler.shortened("short", style, 200), "short");
    const std::string text = "学学学学学学学学学学学学学学学学学学学学";
    const std::string shortened = ruler.shortened(text, style, 60);
    EXPECT_TRUE(shortened.ends_with("…"));
    EXPECT_LE(ruler.width(shortened, style), 60);
    EXPECT_GT(ruler.width(shortened, style), 35);
    EXPECT_EQ(visible_text(shortened), shortened);  // cut between characters
    for (const std::string& line : ruler.wrapped("one two three four five six", style, 50))
        EXPECT_LE(ruler.width(line, style), 50.5);
}

}  // namespace
}  // namespace fovea
