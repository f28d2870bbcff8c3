#pragma once

#include <epoxy/gl.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/maps/head_textures.h"
#include "app/shell/screenshot.h"
#include "engine/gpu/headless_context.h"

namespace fovea::app {

/// Of the picture.
inline constexpr int width = 320, height = 240;
inline constexpr ImU32 paper = IM_COL32(10, 20, 30, 255);
inline constexpr ImU32 veil = IM_COL32(200, 10, 10, 255);  // hidden cells

struct Pixels {
    std::vector<std::uint8_t> bytes;  // [height, width, 4], bottom row first
    ImU32 at(float x, float y) const {
        const auto column = static_cast<size_t>(x), row = static_cast<size_t>(y);
        const auto* p = &bytes[((height - 1 - row) * width + column) * 4];
        return IM_COL32(p[0], p[1], p[2], 255);
    }
};

/// Of two colours, in the component that differs most.
inline int distance(ImU32 a, ImU32 b) {
    int largest = 0;
    for (const int shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT}) {
        largest = std::max(largest, std::abs(static_cast<int>((a >> shift) & 255) -
                                             static_cast<int>((b >> shift) & 255)));
    }
    return largest;
}

// Rounding may fall on the next of 256 colours; neighbours in a table are at most this far apart.
inline constexpr int one_step = 6;

/// Draws through ImGui's own renderer into a framebuffer, without a window or a display.
class PictureTest : public testing::Test {
  protected:
    void SetUp() override {
        auto context = gpu::HeadlessContext::create();
        if (!context) GTEST_SKIP() << context.message();
        context_ = *std::move(context);
        auto picture = OffscreenPicture::create(width, height);
        ASSERT_TRUE(picture.ok()) << picture.message();
        picture_ = *std::move(picture);
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ASSERT_TRUE(ImGui_ImplOpenGL3_Init("#version 330 core"));
        auto textures = HeadTextures::create(jobs_);
        ASSERT_TRUE(textures.ok()) << textures.message();
        textures_ = *std::move(textures);
    }
    void TearDown() override {
        if (!context_) return;
        EXPECT_EQ(glGetError(), GLenum{GL_NO_ERROR});
        textures_.reset();
        picture_.reset();
        ImGui_ImplOpenGL3_Shutdown();
        ImGui::DestroyContext();
    }

    Pixels draw(const std::function<void(ImDrawList*)>& picture) {
        ImGui::GetIO().DisplaySize = {width, height};
        ImGui_ImplOpenGL3_NewFrame();
        ImGui::NewFrame();
        picture(ImGui::GetBackgroundDrawList());
        ImGui::Render();
        picture_->bind();
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
    Scheduler jobs_{[] {}};
    std::unique_ptr<HeadTextures> textures_;
    std::optional<OffscreenPicture> picture_;
};

}  // namespace fovea::app
