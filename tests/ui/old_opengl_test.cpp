#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "app/maps/head_textures.h"
#include "app/shell/graphics_window.h"
#include "app/shell/window.h"
#include "tests/engine/small_model.h"
#include "tests/engine/temporary_folder.h"

namespace fovea::app {
namespace {

// Mesa reads the wished version once a process, so this test has a program of its own.
TEST(OldOpenGl, WithoutComputeShadersThePictureIsMadeByTheCpu) {
    if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display: DISPLAY is not set";
    setenv("MESA_GL_VERSION_OVERRIDE", "3.3", 1);
    setenv("MESA_GLSL_VERSION_OVERRIDE", "330", 1);
    {
        auto window = GraphicsWindow::create({.width = 800, .height = 600, .visible = false});
        ASSERT_TRUE(window.ok()) << window.message();
        Scheduler jobs([] {});
        auto textures = HeadTextures::create(jobs);
        ASSERT_TRUE(textures.ok()) << textures.message();
        EXPECT_EQ((*textures)->scoring_label(), "CPU (OpenGL 4.3 is missing)");
    }
    const test::TemporaryFolder home;
    test::put_small_model(home.path(), "bert");
    WindowOptions options;
    options.model = home.path().string();
    options.text = "w10 w11 w12";
    options.screenshot = home / "picture.png";
    options.width = 1000;
    options.height = 700;
    const Status done = run_window(options);
    EXPECT_TRUE(done.ok()) << done.message();
    EXPECT_GT(std::filesystem::file_size(home / "picture.png"), 10000u);
}

}  // namespace
}  // namespace fovea::app
