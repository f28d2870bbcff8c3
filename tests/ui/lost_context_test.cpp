#include <GLFW/glfw3.h>
#include <epoxy/gl.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <sstream>
#include <utility>

#include "app/maps/scoring_choice.h"
#include "app/shell/window.h"
#include "engine/gpu/gl_reports.h"
#include "engine/gpu/headless_context.h"
#include "tests/engine/small_model.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/map_on_gpu.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

/// A scorer that works, then a driver that answers otherwise: the same picture, from the CPU.
void expect_cpu_takes_over(const gpu::GlReports& answers, const char* reason) {
    auto context = gpu::HeadlessContext::create();
    if (!context) GTEST_SKIP() << context.message();
    auto scorer = gpu::Scorer::create();
    if (!scorer) GTEST_SKIP() << scorer.message();
    ScoredMap map(*std::move(scorer));
    MapTextures& maps = map.maps;
    const MapPicture& picture = map.picture;
    gpu::gl_reports() = answers;
    const MapPieces shown = maps.look(picture, 100, 100);
    gpu::gl_reports() = gpu::driver_reports();
    ASSERT_EQ(shown.pieces.size(), 1u);
    const MapTexture* texture = &shown.pieces[0].texture;
    EXPECT_FALSE(maps.has_scorer());
    EXPECT_NE(maps.failure().find(reason), std::string::npos) << maps.failure();
    const std::vector<float> values = cells_of(*texture);
    const Tensor weights = head_map(*picture.layer, 1, Quantity::weights, texture->region);
    for (Index q = 0; q < 33; ++q)
        for (Index k = 0; k <= q; ++k) {
            if (q == 5 && k == 2) continue;
            EXPECT_NEAR(values[static_cast<size_t>(q * 33 + k)], weights.at(q, k), 1e-6);
        }
}

TEST(LostContext, WithoutMemoryTheCpuMakesTheMap) {
    gpu::GlReports answers = gpu::driver_reports();
    answers.error = [] { return GLenum{GL_OUT_OF_MEMORY}; };
    expect_cpu_takes_over(answers, "out of memory");
}

TEST(LostContext, AfterAResetTheCpuMakesTheMap) {
    gpu::GlReports answers = gpu::driver_reports();
    answers.reset_status = [] { return GLenum{GL_GUILTY_CONTEXT_RESET}; };
    expect_cpu_takes_over(answers, "reset the GPU");
}

constexpr GLint mark = 7;
int losses = 0;
int frame = 0, last_made = 0;  // of those that asked; ImGui's number of the last
bool marked_before = false, closed_unmarked = false;

GLint mark_of_context() {
    GLint found = 0;
    glGetIntegerv(GL_STENCIL_CLEAR_VALUE, &found);
    return found;
}

TEST(LostContext, TheWindowComesBackInTheSameProcess) {
    if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display: DISPLAY is not set";
    const test::TemporaryFolder home;
    setenv("XDG_STATE_HOME", (home / "state").c_str(), 1);
    test::put_small_model(home.path(), "bert");
    // A mark in the context's own state tells the two windows apart. All that ask in the second
    // frame hear of the loss: the scorer perhaps, the window for certain. ImGui counts on across
    // windows; it may leave a number out, of a frame that was made but not drawn.
    gpu::gl_reports().reset_status = [] {
        if (!ImGui::GetCurrentContext()) return GLenum{GL_NO_ERROR};
        if (const int made = ImGui::GetFrameCount(); std::exchange(last_made, made) != made)
            ++frame;
        if (frame == 1) glClearStencil(mark);
        if (frame == 2) {
            ++losses;
            marked_before = mark_of_context() == mark;
            return GLenum{GL_UNKNOWN_CONTEXT_RESET};
        }
        if (frame >= 4) {
            closed_unmarked = mark_of_context() == 0;
            glfwSetWindowShouldClose(glfwGetCurrentContext(), GLFW_TRUE);
        }
        return GLenum{GL_NO_ERROR};
    };
    WindowOptions options;
    options.model = home.path().string();
    options.text = "w10 w11";
    const Status done = run_window(options);
    gpu::gl_reports() = gpu::driver_reports();
    EXPECT_TRUE(done.ok()) << done.message();
    EXPECT_GE(losses, 1);
    EXPECT_TRUE(marked_before);
    EXPECT_TRUE(closed_unmarked) << "the window went on in the context that was lost";
    bool saved = false;
    for (const auto& entry : fs::recursive_directory_iterator(home / "state")) {
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        saved = saved || text.str().find("w10 w11") != std::string::npos;
    }
    EXPECT_TRUE(saved) << "the sentence is not in the saved state";
    // What made the maps anew is the CPU, and the status line will say why.
    const ScoringChoice choice = choose_scoring();
    EXPECT_EQ(choice.scorer, nullptr);
    EXPECT_EQ(choice.label, "CPU (the GPU was reset)");
}

int frames_made = 0, failures = 0, frames_after = 0;
bool memory_is_out = false;

/// In the midst of the third frame an allocation fails: half of the window is drawn by then.
TEST(LackOfMemory, AFrameIsGivenUpAndTheWindowGoesOn) {
    if (!std::getenv("DISPLAY")) GTEST_SKIP() << "no display: DISPLAY is not set";
    const test::TemporaryFolder home;
    setenv("XDG_STATE_HOME", (home / "state").c_str(), 1);
    test::put_small_model(home.path(), "bert");
    ImGui::SetAllocatorFunctions(
        [](size_t size, void*) -> void* {
            if (std::exchange(memory_is_out, false)) {
                ++failures;
                throw std::bad_alloc();
            }
            return std::malloc(size);
        },
        [](void* memory, void*) { std::free(memory); });
    gpu::gl_reports().reset_status = [] {
        if (!ImGui::GetCurrentContext() || !ImGui::GetDrawData()) return GLenum{GL_NO_ERROR};
        ++frames_made;
        if (failures > 0) ++frames_after;
        if (frames_made >= 3 && failures == 0) {
            // What was drawn into has to be made anew in the next frame.
            ImGui::GetDrawData()->CmdLists[0]->_ClearFreeMemory();
            memory_is_out = true;
        }
        if (frames_after >= 3) glfwSetWindowShouldClose(glfwGetCurrentContext(), GLFW_TRUE);
        glfwPostEmptyEvent();
        return GLenum{GL_NO_ERROR};
    };
    WindowOptions options;
    options.model = home.path().string();
    options.text = "w10 w11";
    const Status done = run_window(options);
    gpu::gl_reports() = gpu::driver_reports();
    EXPECT_TRUE(done.ok()) << done.message();
    EXPECT_EQ(failures, 1);
    EXPECT_GE(frames_after, 3);
}

}  // namespace
}  // namespace fovea::app
