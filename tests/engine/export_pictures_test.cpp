// Pictures: the right colours in the right cells, labels that are there and do not touch.

#include <cairo/cairo.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>

#include "drawn_cells.h"
#include "engine/core/colour_map.h"
#include "engine/figure/head_picture.h"
#include "memory_growth.h"

namespace fovea {
namespace {

using test::cells_of;
using test::DrawnCell;
using test::head_job;
using test::hexadecimal;
using test::TemporaryFolder;
using test::written;

struct Label {
    double x, y, size;
    std::string anchor, text;
    bool turned;
};

std::vector<Label> labels_of(const std::string& svg) {
    static const std::regex pattern(
        R"re(<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)"([^>]*)>([^<]*)</text>)re");
    std::vector<Label> labels;
    for (std::sregex_iterator match(svg.begin(), svg.end(), pattern), end; match != end; ++match) {
        const std::string rest = (*match)[4];
        labels.push_back({std::stod((*match)[1]), std::stod((*match)[2]), std::stod((*match)[3]),
                          rest.find("\"end\"") != std::string::npos      ? "end"
                          : rest.find("\"middle\"") != std::string::npos ? "middle"
                                                                         : "start",
                          (*match)[5], rest.find("rotate") != std::string::npos});
    }
    return labels;
}

TEST(ExportPictures, CellsHaveTheColoursOfTheirWeights) {
    TemporaryFolder folder;
    test::ReadingShape shape;
    shape.causal = true;
    const ExportJob job = head_job(shape, folder / "out.svg");
    const auto cells = cells_of(written(job));
    ASSERT_EQ(cells.size(), 25u);
    const auto picture = draw_picture(job, 2);
    ASSERT_TRUE(picture) << picture.message();
    for (size_t i = 0; i < cells.size(); ++i) {
        const auto query = static_cast<Index>(i / 5), key = static_cast<Index>(i % 5);
        Colour expected{0xee, 0xf1, 0xf4};  // hidden
        if (key <= query)
            expected = colour_at(ColourMapName::viridis,
                                 test::reference_weight(*job.reading->original, 1, 2, query, key));
        EXPECT_EQ(cells[i].fill, hexadecimal(expected)) << query << ' ' << key;
        EXPECT_EQ(cells[i].x - cells[0].x, 44.0 * static_cast<double>(key));
        EXPECT_EQ(cells[i].y - cells[0].y, 44.0 * static_cast<double>(query));
        const auto x = static_cast<size_t>(2 * cells[i].x + 43);
        const auto y = static_cast<size_t>(2 * cells[i].y + 43);
        const size_t at = 4 * (y * static_cast<size_t>(picture->width) + x);
        EXPECT_EQ(Colour({picture->rgba[at], picture->rgba[at + 1], picture->rgba[at + 2]}),
                  expected);
    }
}

TEST(ExportPictures, HiddenByAnEditIsStruckOut) {
    TemporaryFolder folder;
    test::ReadingShape shape;
    shape.edits.blocks = {{{}, Index{1}, Index{3}}};
    const std::string svg = written(head_job(shape, folder / "out.svg"));
    EXPECT_EQ(cells_of(svg)[8].fill, "#eef1f4");
    EXPECT_NE(svg.find("stroke=\"#b96a00\""), std::string::npos);
    EXPECT_NE(svg.find("hidden by an edit"), std::string::npos);
    EXPECT_NE(svg.find("1 cell hidden"), std::string::npos);
    EXPECT_EQ(svg.find("hidden by the mask"), std::string::npos);
}

TEST(ExportPictures, WhatIsNotFiniteIsShown) {
    TemporaryFolder folder;
    ExportJob job = head_job({}, folder / "out.svg");
    const auto& projections =
        const_cast<Projections&>(job.reading->original->projections(1));  // this test's own
    const_cast<float&>(projections.query_of(2)[0]) = std::numeric_limits<float>::quiet_NaN();
    job.quantity = Quantity::logits;
    const std::string svg = written(job);
    const auto cells = cells_of(svg);
    ASSERT_EQ(cells.size(), 25u);
    for (size_t key = 0; key < 5; ++key)
        EXPECT_EQ(cells[key].fill, "#cf222e");
    EXPECT_NE(cells[5].fill, "#cf222e");
    EXPECT_NE(svg.find("not a finite number"), std::string::npos);
}

TEST(ExportPictures, TextStaysText) {
    TemporaryFolder folder;
    ExportJob job = head_job({}, folder / "out.svg");
    auto reading = std::make_shared<Reading>(*job.reading);
    reading->labels = {" the", "<&>", "学习", "\t", "שלום"};
    job.reading = reading;
    const std::string svg = written(job);
    std::map<std::string, int> count;
    for (const Label& label : labels_of(svg))
        ++count[label.text];
    for (const char* text : {"the", "&lt;&amp;&gt;", "学习", "⇥", "שלום"})
        EXPECT_EQ(count[text], 2) << text;  // on both axes
    EXPECT_NE(svg.find("<title>hand-made · layer 1 · head 2</title>"), std::string::npos);
    EXPECT_NE(svg.find("<fovea:text>Ein Satz, &quot;zitiert&quot;</fovea:text>"),
              std::string::npos);
}

TEST(ExportPictures, LabelsOfALongSentenceAreThinnedOut) {
    TemporaryFolder folder;
    for (Index tokens : {16, 40, 60, 120, 400}) {
        test::ReadingShape shape;
        shape.tokens = tokens;
        const std::string svg = written(head_job(shape, folder / "out.svg"));
        std::vector<Label> left, top;
        for (const Label& label : labels_of(svg)) {
            if (!label.text.starts_with("tok")) continue;
            (label.anchor == "end" ? left : top).push_back(label);
        }
        ASSERT_EQ(left.size(), top.size()) << tokens;
        ASSERT_GE(left.size(), std::min<size_t>(static_cast<size_t>(tokens), 40));
        for (size_t i = 1; i < left.size(); ++i)
            EXPECT_GE(left[i].y - left[i - 1].y, 1.19 * left[i].size) << tokens;
        for (size_t i = 1; i < top.size(); ++i) {
            // Upright lines of text need their height between them, slanted ones that along the
            // normal.
            const double pitch = top[i].x - top[i - 1].x;
            EXPECT_GE(top[i].turned ? pitch * std::sqrt(0.5) : pitch, 0.84 * top[i].size) << tokens;
        }
    }
}

TEST(ExportPictures, ScaleBarEndsWhereAsked) {
    TemporaryFolder folder;
    ExportJob job = head_job({}, folder / "out.svg");
    const auto has = [](const std::string& svg, const char* tick) {
        return svg.find(fmt::format(">{}</text>", tick)) != std::string::npos;
    };
    EXPECT_TRUE(has(written(job), "1.0"));
    job.logarithmic = true;
    EXPECT_TRUE(has(written(job), "0.001"));
    job.logarithmic = false;
    job.quantity = Quantity::logits;
    job.colour_map = "diverging";
    EXPECT_TRUE(has(written(job), "0"));
    job.colour_map = "jet";
    const Status status = export_reading(job, {}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.message().find("viridis magma cividis greys diverging"), std::string::npos);
}

TEST(ExportPictures, GridShowsEveryHead) {
    TemporaryFolder folder;
    test::ReadingShape shape;
    shape.layers = 5;
    shape.heads = 6;
    shape.tokens = 9;
    shape.edits.ablations = {{{Index{1}, Index{4}}, AblationTarget::zero}};
    ExportJob job = head_job(shape, folder / "out.svg");
    job.layers = {};
    job.heads = {};
    const std::string svg = written(job);
    std::map<std::string, int> count;
    for (const Label& label : labels_of(svg))
        ++count[label.text];
    EXPECT_EQ(count["head"], 1);
    EXPECT_EQ(count["layer"], 1);
    EXPECT_EQ(count["tok8"], 1);
    EXPECT_NE(svg.find("hand-made\u00A0· layers 0–4\u00A0· heads 0–5"), std::string::npos);
    EXPECT_NE(svg.find("layer 1 head 4 silenced to zero"), std::string::npos);
    EXPECT_NE(svg.find("fill-opacity=\"0.6\""), std::string::npos);
    // 30 maps of 81 cells, 13 units each less the gap.
    size_t cells = 0;
    for (size_t at = 0; (at = svg.find("width=\"13\" height=\"13\"", at)) != std::string::npos;
         ++at)
        ++cells;
    EXPECT_EQ(cells, 30u * 81);
}

TEST(ExportPictures, LongMapsAreOneImageEach) {
    TemporaryFolder folder;
    test::ReadingShape shape;
    shape.tokens = 300;
    shape.layers = 5;
    ExportJob job = head_job(shape, folder / "out.svg");
    EXPECT_NE(written(job).find("<image"), std::string::npos);
    job.layers = {};
    job.heads = {};
    const std::string grid = written(job);
    EXPECT_NE(grid.find("300 × 300 cells pooled to 160 × 160"), std::string::npos);
    job.file = folder / "out.pdf";
    EXPECT_GT(written(job).size(), 10000u);
}

// What a pooled cell says of the mask must be said of the cells that its value is of.
TEST(ExportPictures, PooledCellsAreHiddenWhereNothingBelowIsSeen) {
    test::ReadingShape shape;
    shape.tokens = 11;
    shape.causal = true;
    shape.edits.blocks = {{{}, {}, 3}, {{}, {}, 4}, {{}, 7, {}}};
    const ExportJob job = head_job(shape, "out.svg");
    for (Index extent = 2; extent <= 11; ++extent) {
        const auto pictures = head_pictures(job, extent, {}, {});
        ASSERT_TRUE(pictures.ok());
        const HeadPicture& picture = pictures->front();
        ASSERT_EQ(picture.rows(), extent);
        for (Index row = 0; row < extent; ++row)
            for (Index column = 0; column < extent; ++column)
                EXPECT_EQ(picture.state(row, column) == CellState::value,
                          picture.values.at(row, column) > 0)
                    << extent << ": " << row << ' ' << column;
    }
}

// ISO 3309, as PNG's specification has it.
std::uint32_t checksum(std::string_view bytes) {
    std::uint32_t crc = ~0u;
    for (unsigned char c : bytes) {
        crc ^= c;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 1 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
    }
    return ~crc;
}

TEST(ExportPictures, PngDecodesAndSaysWhereItComesFrom) {
    TemporaryFolder folder;
    ExportJob job = head_job({}, folder / "out.png");
    const std::string png = written(job);
    cairo_surface_t* surface = cairo_image_surface_create_from_png(job.file.c_str());
    ASSERT_EQ(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    const auto picture = draw_picture(job, job.scale);
    ASSERT_TRUE(picture);
    EXPECT_EQ(cairo_image_surface_get_width(surface), picture->width);
    EXPECT_EQ(cairo_image_surface_get_height(surface), picture->height);
    cairo_surface_destroy(surface);

    std::map<std::string, std::string> texts;
    std::vector<std::string> types;
    for (size_t at = 8; at < png.size();) {
        const auto number = [&](size_t from) {
            std::uint32_t value = 0;
            for (size_t i = 0; i < 4; ++i)
                value = value << 8 | static_cast<unsigned char>(png[from + i]);
            return value;
        };
        const size_t length = number(at);
        ASSERT_LE(at + 12 + length, png.size());
        types.push_back(png.substr(at + 4, 4));
        EXPECT_EQ(number(at + 8 + length),
                  checksum(std::string_view(png).substr(at + 4, 4 + length)))
            << types.back();
        if (types.back() == "iTXt") {
            const std::string data = png.substr(at + 8, length);
            const size_t keyword = data.find('\0');
            EXPECT_EQ(data.substr(keyword, 5), std::string(5, '\0'));
            texts[data.substr(0, keyword)] = data.substr(keyword + 5);
        }
        at += 12 + length;
    }
    EXPECT_EQ(types.front(), "IHDR");
    EXPECT_EQ(types.back(), "IEND");
    EXPECT_EQ(texts["Title"], "hand-made · layer 1 · head 2");
    EXPECT_EQ(texts["text"], job.reading->request.text);
    EXPECT_EQ(texts["tokens"], R"(["tok0","tok1","tok2","tok3","tok4"])");
    EXPECT_EQ(texts["model"], "hand-made");
    EXPECT_TRUE(texts.contains("edits"));
    EXPECT_TRUE(texts["Software"].starts_with("fovea "));
}

TEST(ExportPictures, PdfHasTextAndProperties) {
    TemporaryFolder folder;
    const std::string pdf = written(head_job({}, folder / "out.pdf"));
    EXPECT_TRUE(pdf.starts_with("%PDF-"));
    EXPECT_NE(pdf.rfind("%%EOF"), std::string::npos);
    EXPECT_NE(pdf.find("/ToUnicode"), std::string::npos);  // letters that can be searched
    EXPECT_NE(pdf.find("/Keywords"), std::string::npos);
    // "tok3" among the keywords, in UTF-16.
    EXPECT_NE(pdf.find("0074006F006B0033"), std::string::npos);
}

TEST(ExportPictures, TooLargeIsAnError) {
    const auto picture = draw_picture(head_job({}, "out.png"), 1000);
    ASSERT_FALSE(picture);
    EXPECT_NE(picture.message().find("at most 32767"), std::string::npos);
    EXPECT_FALSE(draw_picture(head_job({}, "out.png"), 0));
}

/// In a process of its own, whose address space ends soon.
TEST(PictureDeathTest, OfMorePixelsThanThereIsMemoryIsRefused) {
    if (test::own_allocator) GTEST_SKIP() << "a sanitiser needs the address space";
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto run = [] {
        TemporaryFolder folder;
        ExportJob job = head_job({}, folder / "out.png");
        const Status small = export_reading(job, {}, {});
        const double mebibytes = test::status_in_mebibytes("VmSize:") + 200;
        const rlimit limit{static_cast<rlim_t>(mebibytes) << 20, RLIM_INFINITY};
        if (!small || ::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(3);
        job.scale = 40;
        const Status large = export_reading(job, {}, {});
        std::fprintf(stderr, "%s", large ? "drawn" : large.message().c_str());
        std::_Exit(folder.names().size() == 1 ? 0 : 4);
    };
    EXPECT_EXIT(run(), testing::ExitedWithCode(0),
                "out.png: a picture of .* pixels needs about .* of memory, and the limit on its "
                "address space .* allows .* left");
}

TEST(ExportPictures, ValueNormsNeedTheWeights) {
    ExportJob job = head_job({}, "out.png");
    job.quantity = Quantity::value_weighted;
    const auto picture = draw_picture(job, 1);
    ASSERT_FALSE(picture);
    EXPECT_NE(picture.message().find("weights"), std::string::npos);
}

TEST(ExportPictures, OneTokenIsEnough) {
    test::ReadingShape shape;
    shape.tokens = 1;
    for (bool dark : {false, true}) {
        ExportJob job = head_job(shape, "out.png");
        job.dark = dark;
        const auto picture = draw_picture(job, 1);
        ASSERT_TRUE(picture);
        EXPECT_EQ(picture->rgba.size(), static_cast<size_t>(4 * picture->width * picture->height));
        EXPECT_EQ(picture->rgba[0], dark ? 0x0f : 0xff);
        EXPECT_EQ(picture->rgba[3], 255);
    }
}

}  // namespace
}  // namespace fovea
