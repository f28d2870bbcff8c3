// A few whole pictures of the window against what they were, coarsely: where something stands, in
// what colour, how much ink a label has. Letters may sit a pixel aside, as another version of the
// font or of its rasteriser puts them. FOVEA_TAKE_PICTURES=1 writes the pictures anew.

#include <cairo/cairo.h>
#include <epoxy/gl.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "app/shell/screenshot.h"
#include "tests/ui/whole_window.h"

namespace fovea::app {
namespace {

constexpr int width = 1280, height = 800;
constexpr int side = 16;  // of a square of which the mean colour is compared
constexpr int columns = width / side, rows = height / side;

/// Mean colours of squares, [rows, columns, 3], 0 … 255.
using Squares = std::vector<float>;

/// How far the two are apart where they differ most, each square against its like.
float apart(const Squares& a, const Squares& b) {
    float most = 0;
    for (size_t i = 0; i < a.size(); ++i)
        most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

/// Squares differ by less where letters sit a pixel aside, by more where a word is missing: the
/// test below has both.
constexpr float alike = 24;

class WholePictureTest : public WholeWindowTest {
  protected:
    void SetUp() override {
        WholeWindowTest::SetUp();
        if (IsSkipped()) return;
        auto offscreen = OffscreenPicture::create(width, height);
        ASSERT_TRUE(offscreen.ok()) << offscreen.message();
        offscreen_ = *std::move(offscreen);
    }
    void TearDown() override {
        offscreen_.reset();
        WholeWindowTest::TearDown();
    }

    /// What the last frame drew; `change` may meddle with it first.
    Squares picture(const std::function<void(ImDrawData&)>& change = {}) {
        frame();
        ImDrawData* data = ImGui::GetDrawData();
        if (change) change(*data);
        offscreen_->bind();
        glViewport(0, 0, width, height);
        const ImVec4 ground = ImGui::ColorConvertU32ToFloat4(
            (application().view().dark ? dark_theme : light_theme).background);
        glClearColor(ground.x, ground.y, ground.z, 1);
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(data);
        std::vector<std::uint8_t> pixels(size_t{width} * height * 4);
        glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
        Squares squares(size_t{columns} * rows * 3);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                for (int c = 0; c < 3; ++c) {
                    const auto from = (size_t{width} * static_cast<size_t>(height - 1 - y) +
                                       static_cast<size_t>(x)) *
                                          4 +
                                      static_cast<size_t>(c);
                    squares[static_cast<size_t>((y / side * columns + x / side) * 3 + c)] +=
                        static_cast<float>(pixels[from]) / (side * side);
                }
        return squares;
    }

    static std::string file_of(const std::string& name) {
        return std::string(TEST_DATA) + "/pictures/" + name + ".png";
    }
    static void save(const Squares& squares, const std::string& name) {
        std::vector<std::uint32_t> pixels(size_t{columns} * rows);
        for (size_t i = 0; i < pixels.size(); ++i)
            for (size_t c = 0; c < 3; ++c)
                pixels[i] =
                    pixels[i] << 8 | static_cast<std::uint32_t>(std::lround(squares[3 * i + c]));
        cairo_surface_t* surface =
            cairo_image_surface_create_for_data(reinterpret_cast<unsigned char*>(pixels.data()),
                                                CAIRO_FORMAT_RGB24, columns, rows, 4 * columns);
        EXPECT_EQ(cairo_surface_write_to_png(surface, file_of(name).c_str()), CAIRO_STATUS_SUCCESS);
        cairo_surface_destroy(surface);
    }
    static Squares load(const std::string& name) {
        cairo_surface_t* surface = cairo_image_surface_create_from_png(file_of(name).c_str());
        Squares squares;
        const int stride = cairo_image_surface_get_stride(surface);
        const unsigned char* data = cairo_image_surface_get_data(surface);
        if (data && cairo_image_surface_get_width(surface) == columns &&
            cairo_image_surface_get_height(surface) == rows)
            for (int y = 0; y < rows; ++y)
                for (int x = 0; x < columns; ++x) {
                    const auto pixel = reinterpret_cast<const std::uint32_t*>(data + y * stride)[x];
                    for (const int shift : {16, 8, 0})
                        squares.push_back(static_cast<float>(pixel >> shift & 255));
                }
        cairo_surface_destroy(surface);
        return squares;
    }
    void expect_as_before(const std::string& name) {
        const Squares now = picture();
        if (std::getenv("FOVEA_TAKE_PICTURES")) return save(now, name);
        const Squares before = load(name);
        ASSERT_EQ(before.size(), now.size()) << file_of(name);
        // Less the status line: it tells the time of a pass and the machine's threads.
        for (int row = 0; row < rows - 2; ++row)
            for (int column = 0; column < columns; ++column)
                for (int c = 0; c < 3; ++c) {
                    const auto i = static_cast<size_t>((row * columns + column) * 3 + c);
                    ASSERT_NEAR(now[i], before[i], alike)
                        << name << ", around " << column * side << ", " << row * side;
                }
    }

    /// Without the caret, which comes and goes.
    void open_quietly(const WindowOptions& options) {
        open(options, width, height);
        application().prompt().focus(false);
        settle();
    }

  private:
    std::optional<OffscreenPicture> offscreen_;
};

TEST_F(WholePictureTest, TheMapInTheDarkTheme) {
    open_quietly(options_of("gpt2", "w10 w11 w12 w13 w14 w15 w16"));
    expect_as_before("map-dark");
}

TEST_F(WholePictureTest, LinesOfCrossAttentionInTheLightTheme) {
    WindowOptions options = options_of("bart", "w10 w11 w12 w13 w14");
    options.light = true;
    open_quietly(options);
    application().issue(SetTarget{"w20 w21 w22"});
    application().view().part = Part::cross;
    application().view().middle = "lines";
    settle();
    expect_as_before("lines-light");
}

TEST_F(WholePictureTest, AllHeadsWithEdits) {
    open_quietly(options_of("bert", "w10 w11 w12 w13 w14 w15"));
    application().issue(SetTemperature{{0, 1}, 0.5f});
    application().issue(SetAblation{{1, 0}, AblationTarget::zero});
    application().view().middle = "heads";
    settle();
    expect_as_before("heads-edits");
}

/// The tolerance tells what matters from what does not.
TEST_F(WholePictureTest, AMovedPanelOrAMissingLabelIsSeenAndAPixelOfHintingIsNot) {
    open_quietly(options_of("gpt2", "w10 w11 w12 w13 w14 w15 w16"));
    const Squares usual = picture();
    EXPECT_LT(apart(usual, picture()), 1);

    const ImVec2 white = ImGui::GetIO().Fonts->TexUvWhitePixel;
    const auto is_letter = [&](const ImDrawVert& vertex) {
        return std::abs(vertex.uv.x - white.x) > 1e-6f || std::abs(vertex.uv.y - white.y) > 1e-6f;
    };
    const auto each_vertex = [](ImDrawData& data, const auto& visit) {
        for (int i = 0; i < data.CmdListsCount; ++i)
            for (ImDrawVert& vertex : data.CmdLists[i]->VtxBuffer)
                visit(vertex);
    };
    for (const ImVec2 by : {ImVec2(1, 0), ImVec2(0, 1), ImVec2(-1, 0), ImVec2(0, -1)}) {
        const Squares hinted = picture([&](ImDrawData& data) {
            each_vertex(data, [&](ImDrawVert& vertex) {
                if (is_letter(vertex)) vertex.pos = {vertex.pos.x + by.x, vertex.pos.y + by.y};
            });
        });
        EXPECT_LT(apart(usual, hinted), alike) << by.x << ", " << by.y;
    }
    // A column that stands eight pixels aside.
    const ImGuiWindow* right = region("right");
    ASSERT_NE(right, nullptr);
    const Squares moved = picture([&](ImDrawData&) {
        for (ImDrawVert& vertex : right->DrawList->VtxBuffer)
            vertex.pos.x -= 8;
    });
    EXPECT_GT(apart(usual, moved), alike);
    // Headings without their words, each column by itself.
    for (const char* name : {"left", "right", "strip"}) {
        const ImGuiWindow* window = region(name);
        ASSERT_NE(window, nullptr);
        const Squares mute = picture([&](ImDrawData&) {
            for (ImDrawVert& vertex : window->DrawList->VtxBuffer)
                if (is_letter(vertex) && vertex.pos.y < window->Pos.y + 30 &&
                    vertex.pos.x < window->Pos.x + 100)
                    vertex.col &= ~IM_COL32_A_MASK;
        });
        EXPECT_GT(apart(usual, mute), alike) << name;
    }
}

}  // namespace
}  // namespace fovea::app
