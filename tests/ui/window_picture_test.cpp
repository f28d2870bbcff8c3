// Pictures of the program itself, on the display that DISPLAY names.

#include <cairo/cairo.h>

#include <cstdint>

#include "app/state/session_file.h"
#include "tests/ui/program_window.h"

namespace fovea::app {
namespace {

class WindowPictureTest : public WindowTest {
  protected:
    /// Colours of a screenshot, row by row.
    struct Picture {
        int width = 0, height = 0;
        std::vector<std::uint32_t> pixels;
        std::uint32_t at(int x, int y) const {
            return pixels[static_cast<size_t>(y) * static_cast<size_t>(width) +
                          static_cast<size_t>(x)];
        }
    };
    Picture screenshot(std::vector<std::string> arguments) {
        const fs::path file = home_ / "picture.png";
        arguments.insert(arguments.end(), {"--screenshot", file.string()});
        Program program(home_, arguments);
        EXPECT_EQ(program.wait(), 0) << program.errors();
        EXPECT_EQ(program.errors(), "");
        Picture picture;
        cairo_surface_t* surface = cairo_image_surface_create_from_png(file.c_str());
        picture.width = cairo_image_surface_get_width(surface);
        picture.height = cairo_image_surface_get_height(surface);
        const int stride = cairo_image_surface_get_stride(surface);
        const unsigned char* rows = cairo_image_surface_get_data(surface);
        for (int y = 0; rows && y < picture.height; ++y)
            for (int x = 0; x < picture.width; ++x)
                picture.pixels.push_back(
                    reinterpret_cast<const std::uint32_t*>(rows + y * stride)[x] & 0xffffff);
        cairo_surface_destroy(surface);
        return picture;
    }
};

TEST_F(WindowPictureTest, ScreenshotHasTheSizeAndTheThemeAskedFor) {
    const Picture dark =
        screenshot({"--model", model_, "--text", "w10 w11 w12", "--size", "1281x803"});
    ASSERT_EQ(dark.width, 1281);
    ASSERT_EQ(dark.height, 803);
    EXPECT_EQ(dark.at(2, 2), 0x151a20u);
    const Picture light =
        screenshot({"--model", model_, "--text", "w10 w11 w12", "--size", "1024x640", "--light"});
    ASSERT_EQ(light.width, 1024);
    EXPECT_EQ(light.at(2, 2), 0xffffffu);
}

TEST_F(WindowPictureTest, ScreenshotShowsTheAttentionOfTheSentence) {
    const std::vector<std::string> base{"--model", model_, "--size", "1280x800", "--text"};
    auto one = base, other = base;
    one.push_back("w10 w11 w12 w13");
    other.push_back("w10 w11 w12 w77");
    const Picture first = screenshot(one), second = screenshot(other), again = screenshot(one);
    ASSERT_EQ(first.pixels.size(), second.pixels.size());
    // The middle, where the map is: other words, other colours; the same words, the same picture.
    size_t differ = 0, unlike = 0;
    for (int y = 120; y < 640; ++y)
        for (int x = 340; x < 940; ++x) {
            differ += first.at(x, y) != second.at(x, y);
            unlike += first.at(x, y) != again.at(x, y);
        }
    EXPECT_GT(differ, 10000u);
    EXPECT_EQ(unlike, 0u);
}

TEST_F(WindowPictureTest, ScreenshotShowsThePartAndTheTargetOfTheSession) {
    Session session;
    session.document.model = make_model("bart");
    session.document.text = "w10 w11 w12 w13 w14";
    session.document.target = "w20 w21";
    const auto picture = [&](Part part, std::optional<std::string> target) {
        session.view.part = part;
        session.document.target = std::move(target);
        const fs::path file = home_ / "asked.json";
        EXPECT_TRUE(save_session(session, file).ok());
        return screenshot({"--session", file.string(), "--size", "1280x800"});
    };
    const auto middle_differs = [](const Picture& a, const Picture& b) {
        size_t differ = 0;
        for (int y = 160; y < 640; ++y)
            for (int x = 340; x < 940; ++x)
                differ += a.at(x, y) != b.at(x, y);
        return differ > 10000;
    };
    const Picture cross = picture(Part::cross, "w20 w21"), encoder = picture(Part::encoder, "w20");
    EXPECT_TRUE(middle_differs(cross, encoder));
    EXPECT_TRUE(middle_differs(cross, picture(Part::cross, "w20 w21 w22 w23")));
    EXPECT_TRUE(middle_differs(cross, picture(Part::cross, std::nullopt))) << "the model's own";
    EXPECT_FALSE(middle_differs(encoder, picture(Part::encoder, "w20 w21 w22")))
        << "the encoder knows nothing of the target";
}

TEST_F(WindowPictureTest, ADenseDisplayShowsTheSamePictureWithMorePixels) {
    Session session;
    session.document.model = model_;
    session.document.text = "w10 w11 w12 w13";
    const auto picture = [&](float scale, const std::string& size) {
        session.view.interface_scale = scale;
        const fs::path file = home_ / "dense.json";
        EXPECT_TRUE(save_session(session, file).ok());
        return screenshot({"--session", file.string(), "--size", size});
    };
    const Picture one = picture(1, "1280x800"), two = picture(2, "2560x1600");
    ASSERT_EQ(two.width, 2 * one.width);
    // The mean colour of a square of `side` pixels: letters and lines may stand half a pixel aside.
    const auto mean = [](const Picture& from, int left, int top, int side, int shift) {
        int sum = 0;
        for (int y = top; y < top + side; ++y)
            for (int x = left; x < left + side; ++x)
                sum += static_cast<int>(from.at(x, y) >> shift & 255);
        return sum / (side * side);
    };
    // The side columns: the map's cells are whole pixels, which are smaller ones here.
    int unlike = 0, compared = 0;
    for (int y = 0; y < 672; y += 8)
        for (int x = 0; x < one.width; x += 8) {
            if (x >= 320 && x < 976) continue;
            int apart = 0;
            for (const int shift : {0, 8, 16})
                apart = std::max(apart, std::abs(mean(two, 2 * x, 2 * y, 16, shift) -
                                                 mean(one, x, y, 8, shift)));
            unlike += apart > 20;
            ++compared;
        }
    EXPECT_LT(unlike, 20) << "of " << compared;
}

TEST_F(WindowPictureTest, WrongModelIsOneSentenceAndNoPicture) {
    const fs::path file = home_ / "none.png";
    Program program(home_, {"--model", "/nowhere/at/all", "--screenshot", file.string()});
    EXPECT_NE(program.wait(), 0);
    EXPECT_NE(program.errors().find("/nowhere/at/all"), std::string::npos) << program.errors();
    EXPECT_FALSE(fs::exists(file));
}

TEST_F(WindowPictureTest, WithoutADisplayItPointsToExport) {
    Program program(home_, {"--model", model_}, false);
    EXPECT_NE(program.wait(), 0);
    EXPECT_NE(program.errors().find("fovea export"), std::string::npos) << program.errors();
}

}  // namespace
}  // namespace fovea::app
