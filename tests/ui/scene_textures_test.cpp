#include "app/gl/scene_textures.h"

#include "tests/ui/picture_fixture.h"

namespace fovea::app {
namespace {

class SceneTexturesTest : public PictureTest {
  protected:
    Pixels shown(const SceneImage& image) {
        return draw([&](ImDrawList* list) { images_->draw(list, 0, image, {20, 30}, {50, 50}); });
    }
    void SetUp() override {
        PictureTest::SetUp();
        images_ = std::make_unique<SceneTextures>();
    }
    void TearDown() override {
        images_.reset();
        PictureTest::TearDown();
    }
    std::unique_ptr<SceneTextures> images_;
};

/// Three columns of ten pixels, two rows of ten, hard edges between them.
TEST_F(SceneTexturesTest, PixelsAreStretchedWithHardEdges) {
    SceneImage image{0, 0, 30, 20, 2, 3, {}};
    for (int i = 0; i < 6; ++i)
        image.pixels.push_back({static_cast<std::uint8_t>(40 * i), 100, 7});
    const Pixels pixels = shown(image);
    for (int row = 0; row < 2; ++row)
        for (int column = 0; column < 3; ++column)
            for (const float inside : {0.0f, 9.0f}) {
                const ImU32 expected = IM_COL32(40 * (3 * row + column), 100, 7, 255);
                EXPECT_EQ(pixels.at(20 + 10 * static_cast<float>(column) + inside,
                                    30 + 10 * static_cast<float>(row) + inside),
                          expected)
                    << row << ", " << column;
            }
    EXPECT_EQ(pixels.at(19, 35), paper);
    EXPECT_EQ(pixels.at(50, 35), paper);
}

/// The answer to another question has its image in the same place.
TEST_F(SceneTexturesTest, AnotherImageReplacesTheOneBefore) {
    SceneImage image{0, 0, 30, 20, 1, 2, {{255, 0, 0}, {0, 255, 0}}};
    EXPECT_EQ(shown(image).at(40, 40), IM_COL32(0, 255, 0, 255));
    image.pixels[1] = {0, 0, 255};
    EXPECT_EQ(shown(image).at(40, 40), IM_COL32(0, 0, 255, 255));
    image.rows = 2;
    image.columns = 1;
    EXPECT_EQ(shown(image).at(40, 45), IM_COL32(0, 0, 255, 255));
    EXPECT_EQ(shown(image).at(40, 35), IM_COL32(255, 0, 0, 255));
}

}  // namespace
}  // namespace fovea::app
