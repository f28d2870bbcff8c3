#include "app/render/head_textures.h"

#include <epoxy/gl.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <thread>

#include "app/render/fill.h"
#include "engine/gpu/headless_context.h"
#include "tests/ui/map_on_gpu.h"

namespace fovea::app {
namespace {

constexpr int width = 320, height = 240;
constexpr ImU32 paper = IM_COL32(10, 20, 30, 255);
constexpr ImU32 veil = IM_COL32(200, 10, 10, 255);  // hidden cells

struct Pixels {
    std::vector<std::uint8_t> bytes;  // [height, width, 4], bottom row first
    ImU32 at(float x, float y) const {
        const auto column = static_cast<size_t>(x), row = static_cast<size_t>(y);
        const auto* p = &bytes[((height - 1 - row) * width + column) * 4];
        return IM_COL32(p[0], p[1], p[2], 255);
    }
};

int distance(ImU32 a, ImU32 b) {
    int largest = 0;
    for (const int shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT}) {
        largest = std::max(largest, std::abs(static_cast<int>((a >> shift) & 255) -
                                             static_cast<int>((b >> shift) & 255)));
    }
    return largest;
}

// Rounding may fall on the next of 256 colours; neighbours in a table are at most this far apart.
constexpr int one_step = 6;

/// Draws through ImGui's own renderer into a framebuffer, without a window or a display.
class HeadTexturesTest : public testing::Test {
  protected:
    void SetUp() override {
        auto context = gpu::HeadlessContext::create();
        if (!context) GTEST_SKIP() << context.message();
        context_ = *std::move(context);
        glGenFramebuffers(1, &framebuffer_);
        glGenTextures(1, &picture_);
        glBindTexture(GL_TEXTURE_2D, picture_);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                     nullptr);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, picture_, 0);
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ASSERT_TRUE(ImGui_ImplOpenGL3_Init("#version 330 core"));
        auto textures = HeadTextures::create();
        ASSERT_TRUE(textures.ok()) << textures.message();
        textures_ = *std::move(textures);
    }
    void TearDown() override {
        if (!context_) return;
        EXPECT_EQ(glGetError(), GLenum{GL_NO_ERROR});
        textures_.reset();
        ImGui_ImplOpenGL3_Shutdown();
        ImGui::DestroyContext();
    }

    Pixels draw(const std::function<void(ImDrawList*)>& picture) {
        ImGui::GetIO().DisplaySize = {width, height};
        ImGui_ImplOpenGL3_NewFrame();
        ImGui::NewFrame();
        picture(ImGui::GetBackgroundDrawList());
        ImGui::Render();
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
        glViewport(0, 0, width, height);
        glClearColor(10 / 255.0f, 20 / 255.0f, 30 / 255.0f, 1);
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        Pixels pixels;
        pixels.bytes.resize(size_t{width} * height * 4);
        glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.bytes.data());
        return pixels;
    }

    std::unique_ptr<gpu::HeadlessContext> context_;
    std::unique_ptr<HeadTextures> textures_;
    GLuint framebuffer_ = 0, picture_ = 0;
};

TEST_F(HeadTexturesTest, ThumbnailsShowEveryCellInItsColour) {
    const auto trace = made_up_trace(causal_shape(9));
    textures_->show_trace(trace);
    for (const bool logarithmic : {false, true}) {
        ColourScale scale;
        scale.map = logarithmic ? ColourMap::magma : ColourMap::viridis;
        scale.logarithmic = logarithmic;
        const HeadTile tiles[] = {{0, 1, {8, 12}, {8 + 90, 12 + 90}},
                                  {1, 2, {120, 100}, {120 + 45, 100 + 45}}};
        const Pixels pixels =
            draw([&](ImDrawList* list) { textures_->draw_heads(list, tiles, scale, veil); });
        for (const HeadTile& tile : tiles) {
            const Tensor& maps = trace->scores(tile.layer).thumbnails;
            const float cell = (tile.max.x - tile.min.x) / 9;
            for (Index q = 0; q < 9; ++q) {
                for (Index k = 0; k < 9; ++k) {
                    const bool hidden = k > q || (q == 5 && k == 2);
                    const ImU32 expected =
                        hidden ? veil : colour_of(scale, maps.at(tile.head, q, k));
                    const ImU32 shown =
                        pixels.at(tile.min.x + cell * (static_cast<float>(k) + 0.5f),
                                  tile.min.y + cell * (static_cast<float>(q) + 0.5f));
                    EXPECT_LE(distance(shown, expected), one_step)
                        << "layer " << tile.layer << " query " << q << " key " << k;
                }
            }
        }
        EXPECT_EQ(pixels.at(4, 4), paper);
        EXPECT_EQ(pixels.at(110, 60), paper);
    }
}

TEST_F(HeadTexturesTest, OpacityLetsThePaperThroughAndFittingStretches) {
    const auto trace = made_up_trace(causal_shape(9));
    textures_->show_trace(trace);
    ColourScale scale;
    const HeadTile faint{0, 0, {0, 0}, {90, 90}, 0.5f};
    const Pixels pixels = draw([&](ImDrawList* list) {
        textures_->draw_heads(list, {&faint, 1}, scale, veil);
    });
    const ImU32 full = colour_of(scale, 1);  // the first query sees itself alone
    const auto half = [](ImU32 a, ImU32 b, int shift) {
        return (((a >> shift) & 255) + ((b >> shift) & 255)) / 2;
    };
    const ImU32 mixed =
        IM_COL32(half(full, paper, IM_COL32_R_SHIFT), half(full, paper, IM_COL32_G_SHIFT),
                 half(full, paper, IM_COL32_B_SHIFT), 255);
    EXPECT_LE(distance(pixels.at(5, 5), mixed), 2);

    TraceShape open;
    const auto wide = made_up_trace(open);
    textures_->show_trace(wide);
    scale.fitted = true;
    const HeadTile tile{0, 0, {0, 0}, {90, 90}};
    const Pixels fitted = draw([&](ImDrawList* list) {
        textures_->draw_heads(list, {&tile, 1}, scale, veil);
    });
    const auto values = std::span(wide->scores(0).thumbnails.slice(0), 81);
    const auto top = std::max_element(values.begin(), values.end()) - values.begin();
    EXPECT_LE(distance(fitted.at(static_cast<float>(top % 9 * 10 + 5),
                                 static_cast<float>(top / 9 * 10 + 5)),
                       full),
              one_step);
}

TEST_F(HeadTexturesTest, SmallThumbnailsLoseNoPeak) {
    TraceShape shape;
    shape.tokens = 60;
    const auto trace = made_up_trace(shape);
    textures_->show_trace(trace);
    ColourScale scale;
    scale.map = ColourMap::greys;
    const HeadTile tile{1, 1, {10, 10}, {10 + 20, 10 + 20}};  // three cells a pixel
    const Pixels pixels = draw([&](ImDrawList* list) {
        textures_->draw_heads(list, {&tile, 1}, scale, veil);
    });
    const Tensor& maps = trace->scores(1).thumbnails;
    for (Index y = 0; y < 20; ++y) {
        for (Index x = 0; x < 20; ++x) {
            float largest = 0;
            for (Index i = 0; i < 9; ++i)
                largest = std::max(largest, maps.at(1, y * 3 + i / 3, x * 3 + i % 3));
            EXPECT_LE(distance(pixels.at(static_cast<float>(10 + x), static_cast<float>(10 + y)),
                               colour_of(scale, largest)),
                      one_step);
        }
    }
}

TEST_F(HeadTexturesTest, AMapShowsEveryCellOfItsRegion) {
    const auto trace = made_up_trace(causal_shape(12));
    MapPicture picture;
    picture.layer = trace->layers[1];
    picture.head = 2;
    picture.region = {3, 11, 2, 10};
    const Tensor weights = head_map(*picture.layer, 2, Quantity::weights, picture.region);
    MapStyle style{veil, IM_COL32(0, 0, 255, 255), 1};
    const ImVec2 min(16, 24), max(16 + 160, 24 + 160);
    const Pixels pixels = draw([&](ImDrawList* list) {
        textures_->draw_map(list, picture, min, max, ColourScale{}, style);
    });
    for (Index r = 0; r < 8; ++r) {
        for (Index c = 0; c < 8; ++c) {
            const Index query = r + 3, key = c + 2;
            const bool hidden = key > query || (query == 5 && key == 2);
            const ImVec2 corner(min.x + 20 * static_cast<float>(c),
                                min.y + 20 * static_cast<float>(r));
            const ImU32 expected = hidden ? veil : colour_of(ColourScale{}, weights.at(r, c));
            EXPECT_LE(distance(pixels.at(corner.x, corner.y), expected), one_step);
            EXPECT_LE(distance(pixels.at(corner.x + 18, corner.y + 18), expected), one_step);
            EXPECT_EQ(pixels.at(corner.x + 19, corner.y + 5), style.gap);
            EXPECT_EQ(pixels.at(corner.x + 5, corner.y + 19), style.gap);
        }
    }
    EXPECT_EQ(pixels.at(15, 30), paper);
    EXPECT_EQ(pixels.at(176, 30), paper);
}

TEST_F(HeadTexturesTest, ADifferenceIsFittedAroundZero) {
    const auto trace = made_up_trace(causal_shape(8));
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.subtract = trace->layers[1];
    picture.head = 0;
    picture.subtract_head = 1;
    picture.region = whole_map(*picture.layer);
    ColourScale scale;
    scale.diverging = scale.dark = scale.fitted = true;
    ColourScale drawn;
    const Pixels pixels = draw([&](ImDrawList* list) {
        drawn = textures_->draw_map(list, picture, {0, 0}, {80, 80}, scale, {veil, 0, 0});
    });
    EXPECT_EQ(drawn.low, -drawn.high);
    EXPECT_GT(drawn.high, 0);
    const Tensor a = head_map(*picture.layer, 0, Quantity::weights, picture.region);
    const Tensor b = head_map(*picture.subtract, 1, Quantity::weights, picture.region);
    for (Index q = 0; q < 8; ++q) {
        for (Index k = 0; k <= q; ++k) {
            if (q == 5 && k == 2) continue;
            const ImU32 expected = colour_of(drawn, a.at(q, k) - b.at(q, k));
            EXPECT_LE(
                distance(pixels.at(static_cast<float>(10 * k + 5), static_cast<float>(10 * q + 5)),
                         expected),
                one_step);
        }
    }
}

TEST_F(HeadTexturesTest, TheScorersTextureHidesWhatTheMaskHides) {
    auto scorer = gpu::Scorer::create();
    if (!scorer) GTEST_SKIP() << scorer.message();
    ScoredMap map(*std::move(scorer));
    MapTextures& maps = map.maps;
    MapPicture& picture = map.picture;
    picture.region = {4, 9, 0, 5};
    const MapPieces shown = maps.look(picture, 100, 100);
    ASSERT_EQ(shown.pieces.size(), 1u);
    const MapTexture* texture = &shown.pieces[0].texture;
    EXPECT_EQ(shown.pieces[0].part, picture.region);
    EXPECT_EQ(texture->region, whole_map(*picture.layer));  // made whole, zoomed for nothing
    const std::vector<float> values = cells_of(*texture);
    ASSERT_EQ(values.size(), 33u * 33);
    const Tensor weights = head_map(*picture.layer, 1, Quantity::weights, texture->region);
    for (Index q = 0; q < 33; ++q) {
        for (Index k = 0; k < 33; ++k) {
            const float value = values[static_cast<size_t>(q * 33 + k)];
            if (k > q || (q == 5 && k == 2)) {
                EXPECT_LT(value, texture->hidden_below);
            } else {
                EXPECT_NEAR(value, weights.at(q, k), 1e-5);
            }
        }
    }
    EXPECT_EQ(maps.look(picture, 50, 50).pieces[0].texture.name, texture->name);  // kept
    EXPECT_TRUE(maps.failure().empty());
}

TEST_F(HeadTexturesTest, AMapLargerThanTheScreenIsPooledToIt) {
    TraceShape shape;
    shape.layers = shape.heads = 1;
    shape.tokens = 700;
    const auto trace = made_up_trace(shape);
    MapCache cache;
    MapTextures maps(cache);
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.region = whole_map(*picture.layer);
    const MapPieces shown = maps.look(picture, 100, 100);
    ASSERT_EQ(shown.pieces.size(), 1u);
    EXPECT_EQ(shown.pieces[0].texture.rows, 100);
    EXPECT_EQ(shown.pieces[0].texture.columns, 100);
    EXPECT_TRUE(maps.settled());
    // A part that fits the screen is exact.
    picture.region = {10, 60, 300, 350};
    const MapPieces part = maps.look(picture, 100, 100);
    ASSERT_EQ(part.pieces.size(), 1u);
    EXPECT_EQ(part.pieces[0].texture.rows, 50);
}

// Shows a map in a square of the picture until nothing more comes of it.
TEST_F(HeadTexturesTest, ALongMapIsThereAtOnceAndRefinedInTheBackground) {
    TraceShape shape;
    shape.layers = shape.heads = 1;
    shape.tokens = 3000;
    shape.head_dim = 16;
    shape.mask.causal = true;
    const auto trace = made_up_trace(shape);
    MapPicture picture;
    picture.layer = trace->layers[0];
    picture.region = whole_map(*picture.layer);
    ColourScale scale;
    scale.map = ColourMap::greys;
    const auto show = [&] {
        return draw([&](ImDrawList* list) {
            textures_->draw_map(list, picture, {20, 20}, {220, 220}, scale, {veil, 0, 0});
        });
    };
    const auto shows_map = [&](const Pixels& pixels, const Tensor& pooled, int tolerance) {
        int wrong = 0;
        for (Index r = 0; r < 200; ++r)
            for (Index c = 0; c < 200; ++c) {
                const ImU32 shown =
                    pixels.at(static_cast<float>(20 + c), static_cast<float>(20 + r));
                const ImU32 expected = c > r ? veil : colour_of(scale, pooled.at(r, c));
                wrong += distance(shown, expected) > tolerance;
            }
        return wrong;
    };
    const Pixels first = show();
    EXPECT_TRUE(textures_->map_is_pooled());
    for (Index r = 0; r < 200; ++r)
        for (Index c = 0; c < 200; ++c)
            ASSERT_NE(first.at(static_cast<float>(20 + c), static_cast<float>(20 + r)), paper);
    for (const Pooling pooling : {Pooling::largest, Pooling::mean}) {
        picture.pooling = pooling;
        Pixels last = show();
        while (!textures_->settled()) {
            textures_->take_news();
            last = show();
        }
        const Tensor pooled = pooled_head_map(*picture.layer, 0, Quantity::weights, picture.region,
                                              200, 200, pooling);
        EXPECT_EQ(shows_map(last, pooled, one_step), 0);
        if (pooling == Pooling::largest) {
            EXPECT_GT(shows_map(first, pooled, one_step), 0);
        }
        EXPECT_EQ(show().bytes, last.bytes);
    }
}

double thread_milliseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

// From the whole map to a few cells, as fast as a wheel turns.
TEST_F(HeadTexturesTest, ZoomingInto8192TokensHardlyCostsAFrame) {
    TraceShape shape;
    shape.layers = shape.heads = 1;
    shape.tokens = 8192;
    shape.head_dim = 64;
    shape.mask.causal = true;
    const auto trace = made_up_trace(shape);
    MapCache cache;
    MapTextures maps(cache);
    MapPicture picture;
    picture.layer = trace->layers[0];
    std::vector<double> frames;
    for (double span = 8192; span > 8; span /= 1.05) {
        const auto cells = static_cast<Index>(span);
        const Index begin = (8192 - cells) / 2;
        picture.region = {begin, begin + cells, begin, begin + cells};
        const double before = thread_milliseconds();
        maps.tidy();
        maps.take_news();
        const MapPieces shown = maps.look(picture, 700, 700);
        frames.push_back(thread_milliseconds() - before);
        Index covered = 0;
        for (const auto& piece : shown.pieces)
            covered += piece.part.rows() * piece.part.columns();
        EXPECT_EQ(covered, cells * cells);
        glFinish();
        std::this_thread::sleep_for(std::chrono::milliseconds(16));
    }
    std::sort(frames.begin(), frames.end());
    const double median = frames[frames.size() / 2], worst = frames.back();
    std::printf("%zu frames: median %.2f ms, worst %.2f ms of the UI thread\n", frames.size(),
                median, worst);
    EXPECT_LT(median, 8);
}

TEST_F(HeadTexturesTest, PaintsInTheOrderOfTheListAndInsideItsClip) {
    const auto trace = made_up_trace(causal_shape(9));
    textures_->show_trace(trace);
    const ImU32 green = IM_COL32(0, 200, 0, 255), white = IM_COL32(255, 255, 255, 255);
    const HeadTile tile{0, 0, {40, 40}, {130, 130}};
    const Pixels pixels = draw([&](ImDrawList* list) {
        fill_area(list, {20, 20}, {200, 200}, green);
        list->PushClipRect({0, 0}, {80, 240});
        textures_->draw_heads(list, {&tile, 1}, ColourScale{}, veil);
        list->PopClipRect();
        list->AddRectFilled({45, 45}, {49, 49}, white);
    });
    EXPECT_EQ(pixels.at(10, 100), paper);
    EXPECT_EQ(pixels.at(25, 25), green);
    EXPECT_EQ(pixels.at(199, 199), green);
    EXPECT_EQ(pixels.at(47, 47), white);  // above the thumbnail, with ImGui's own state again
    EXPECT_EQ(pixels.at(75, 45), veil);   // a hidden cell inside of the clip
    EXPECT_EQ(pixels.at(85, 45), green);  // and one outside
}

}  // namespace
}  // namespace fovea::app
