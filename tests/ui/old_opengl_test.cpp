#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/render/head_textures.h"
#include "app/shell/graphics_window.h"
#include "app/shell/window.h"
#include "tests/engine/small_model.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

// Mesa reads the wished version once a process, so this test has a program of its own.
TEST(OldOpenGl, WithoutComputeShadersThePictureIsMadeByTheCpu) {
    if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display: DISPLAY is not set";
    setenv("MESA_GL_VERSION_OVERRIDE", "3.3", 1);
    setenv("MESA_GLSL_VERSION_OVERRIDE", "330", 1);
    {
        auto window = GraphicsWindow::create({.width = 800, .height = 600, .visible = false});
        ASSERT_TRUE(window.ok()) << window.message();
        auto textures = HeadTextures::create();
        ASSERT_TRUE(textures.ok()) << textures.message();
        EXPECT_EQ((*textures)->scoring_label(), "CPU (OpenGL 4.3 is missing)");
    }
    std::string name = (fs::temp_directory_path() / "fovea-old-XXXXXX").string();
    const fs::path home = ::mkdtemp(name.data());
    for (const char* file : {"config.json", "model.safetensors"})
        fs::copy_file(fs::path(TEST_DATA) / "models/bert" / file, home / file);
    std::ofstream(home / "tokenizer.json") << test::word_tokenizer(true);
    WindowOptions options;
    options.model = home.string();
    options.text = "w10 w11 w12";
    options.screenshot = home / "picture.png";
    options.width = 1000;
    options.height = 700;
    const Status done = run_window(options);
    EXPECT_TRUE(done.ok()) << done.message();
    EXPECT_GT(fs::file_size(home / "picture.png"), 10000u);
    fs::remove_all(home);
}

}  // namespace
}  // namespace fovea::app
