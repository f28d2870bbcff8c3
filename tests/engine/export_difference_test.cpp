// Pictures of a difference: between a model's maps with edits and without, or between two heads.

#include <gtest/gtest.h>

#include "drawn_cells.h"
#include "engine/figure/head_picture.h"

namespace fovea {
namespace {

// With the edits less without, and a head less another, cell by cell in double precision.
TEST(ExportDifference, IsThatOfTheTwoMaps) {
    test::ReadingShape shape;
    shape.causal = true;
    const auto reading = test::make_reading(shape);
    shape.edits = *parse_edits(R"({"temperature": [{"value": 3, "layer": 1}],
                                   "block": [{"query": 3, "key": 1}]})",
                               "edits");
    reading->edited = test::make_reading(shape)->original;  // of the same projections
    ExportJob job;
    job.reading = reading;
    job.layers = {0, 1};
    job.heads = {2, 0};
    const auto expect_difference = [&](const Trace& above, const Trace& below, const char* what) {
        const auto pictures = head_pictures(job, 100, {}, {});
        ASSERT_TRUE(pictures) << pictures.message();
        ASSERT_EQ(pictures->size(), 4u);
        for (const HeadPicture& picture : *pictures)
            for (Index q = 0; q < shape.tokens; ++q)
                for (Index k = 0; k < shape.tokens; ++k) {
                    const double expected =
                        test::reference_weight(above, picture.layer, picture.head, q, k) -
                        test::reference_weight(below, job.less->layer.value_or(picture.layer),
                                               job.less->head.value_or(picture.head), q, k);
                    // What is painted over in one of the two maps has a difference all the same.
                    const auto mask_of = [&](const Trace& trace) -> const AttentionMask& {
                        return trace.layers[static_cast<size_t>(picture.layer)]
                            ->edits[static_cast<size_t>(picture.head)]
                            .mask;
                    };
                    const bool hidden =
                        !mask_of(above).visible(q, k) && !mask_of(below).visible(q, k);
                    EXPECT_EQ(picture.state(q, k) != CellState::value, hidden);
                    if (!hidden) {
                        EXPECT_NEAR(picture.values.at(q, k), expected, 1e-5) << what;
                    }
                }
    };
    job.less = Subtrahend{};
    expect_difference(*reading->edited, *reading->original, "edits");
    job.less = Subtrahend{true, 1, 3};
    expect_difference(*reading->edited, *reading->edited, "another head");
    // Logits that an edit took away are not compared.
    job.less = Subtrahend{};
    job.quantity = Quantity::masked_logits;
    const auto scores = head_pictures(job, 100, {}, {});
    ASSERT_TRUE(scores) << scores.message();
    EXPECT_EQ(scores->front().state(3, 1), CellState::painted);
    EXPECT_NEAR(scores->front().values.at(3, 2), 0, 1e-5);
}

TEST(ExportDifference, SaysWhatItIsAndRefusesWhatIsNone) {
    test::TemporaryFolder folder;
    test::ReadingShape shape;
    ExportJob job = test::head_job(shape, folder / "out.svg");
    job.less = Subtrahend{};
    const auto refusal = [&] { return export_reading(job, {}, {}).message(); };
    EXPECT_NE(refusal().find("there are no edits"), std::string::npos) << refusal();
    job.less = Subtrahend{false, 2, 0};
    EXPECT_NE(refusal().find("no layer 2"), std::string::npos) << refusal();
    job.less = Subtrahend{false, 0, 4};
    EXPECT_NE(refusal().find("no head 4"), std::string::npos) << refusal();
    job.less = Subtrahend{false, 0, 3};
    const std::string svg = test::written(job);
    EXPECT_NE(svg.find("less layer 0"), std::string::npos);
    // Its own colours, with the palest at zero and as far to both sides.
    const auto map = head_pictures(job, 100, {}, {});
    ASSERT_TRUE(map) << map.message();
    float reach = 0;
    for (const float value : map->front().values.values())
        reach = std::max(reach, std::abs(value));
    const auto cells = test::cells_of(svg);
    ASSERT_EQ(cells.size(), 25u);
    for (size_t i = 0; i < cells.size(); ++i) {
        const double share = 0.5 + 0.5 * static_cast<double>(map->front().values.data()[i] / reach);
        EXPECT_EQ(cells[i].fill, test::hexadecimal(colour_at(ColourMapName::diverging, share)))
            << i;
    }
    const auto pairs = export_metadata(job);
    EXPECT_NE(std::ranges::find(pairs, std::pair<std::string, std::string>(
                                           "less", R"({"layer":0,"head":3,"with_edits":false})")),
              pairs.end());
    job.file = folder / "out.npz";
    EXPECT_NE(refusal().find("drawn as a picture"), std::string::npos) << refusal();
    EXPECT_FALSE(std::filesystem::exists(job.file));
}

}  // namespace
}  // namespace fovea
