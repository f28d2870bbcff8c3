#pragma once

#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "app/ui/theme.h"
#include "engine/gpu/headless_context.h"
#include "tests/engine/temporary_folder.h"
#include "tests/ui/application_fixture.h"

namespace fovea::app {

/// All that the window shows, drawn by its own code at any size, without a window or a display;
/// what stands where is asked of ImGui. A home of its own.
class WholeWindowTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto context = gpu::HeadlessContext::create();
        if (!context) GTEST_SKIP() << context.message();
        context_ = *std::move(context);
        setenv("XDG_STATE_HOME", (home_ / "state").c_str(), 1);
        setenv("XDG_DATA_HOME", (home_ / "data").c_str(), 1);
        ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DeltaTime = 1.0f / 60;
        ASSERT_TRUE(ImGui_ImplOpenGL3_Init("#version 330 core"));
    }
    void TearDown() override {
        if (!context_) return;
        if (application_) application_->release_resources();
        application_.reset();
        ImGui_ImplOpenGL3_Shutdown();
        ImGui::DestroyContext();
    }

    void open(const WindowOptions& options, float width, float height, float scale = 1) {
        size_ = {width, height};
        scale_ = scale;
        if (application_) application_->release_resources();
        application_ = std::make_unique<Application>(options, [] {});
        const Status made = application_->create_resources();
        ASSERT_TRUE(made.ok()) << made.message();
        settle();
    }
    Application& application() { return *application_; }

    void frame() {
        application_->poll();
        [[maybe_unused]] const bool built = application_->prepare_fonts(scale_);
#if IMGUI_VERSION_NUM < 19200
        if (built) {
            ImGui_ImplOpenGL3_DestroyFontsTexture();
            ImGui_ImplOpenGL3_CreateFontsTexture();
        }
#endif
        now_ += 1.0 / 60;
        ImGui::GetIO().DisplaySize = size_;
        ImGui_ImplOpenGL3_NewFrame();
        ImGui::NewFrame();
        application_->draw(scale_, now_);
        ImGui::Render();
    }
    void frames(int count) {
        for (int i = 0; i < count; ++i)
            frame();
    }
    bool frames_until(const std::function<bool()>& holds) {
        for (int i = 0; i < 2000; ++i) {
            frame();
            if (holds()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    }
    /// Until nothing changes any more.
    void settle() {
        int quiet = 0;
        EXPECT_TRUE(frames_until([&] {
            quiet = application_->settled() && !application_->wants_frame() ? quiet + 1 : 0;
            return quiet == 4;
        }));
    }
    /// ImGui's key, pressed and let go.
    void strike(ImGuiKey key, bool shift = false) {
        for (const bool down : {true, false}) {
#if IMGUI_VERSION_NUM >= 18700
            ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, shift && down);
            ImGui::GetIO().AddKeyEvent(key, down);
#else
            ImGui::GetIO().KeyShift = shift && down;
            ImGui::GetIO().KeyMap[key] = key;
            ImGui::GetIO().KeysDown[key] = down;
#endif
            frame();
        }
        frames(3);
    }
    void type(const std::string& text) {
        ImGui::GetIO().AddInputCharactersUTF8(text.c_str());
        frames(2);
    }
    void click(ImVec2 at) {
        for (const int step : {0, 0, 1, 0, 0}) {
#if IMGUI_VERSION_NUM >= 18700
            ImGui::GetIO().AddMousePosEvent(at.x, at.y);
            ImGui::GetIO().AddMouseButtonEvent(0, step == 1);
#else
            ImGui::GetIO().MousePos = at;
            ImGui::GetIO().MouseDown[0] = step == 1;
#endif
            frame();
        }
    }

    /// A region of the window ("left", "middle", "right", "strip"), or a popup; null: it is not
    /// there.
    static ImGuiWindow* region(const std::string& name) {
        for (ImGuiWindow* window : ImGui::GetCurrentContext()->Windows) {
            const std::string full = window->Name;
            const bool is_region = full.find("/" + name + "_") != full.npos || full == name;
            if (window->WasActive && is_region) return window;
        }
        return nullptr;
    }
    /// How high a panel of a column is.
    static float panel_height(const std::string& column, const char* panel) {
        ImGuiWindow* window = region(column);
        return window ? window->StateStorage.GetFloat(window->GetID(panel), -1) : -1;
    }
    /// Where vertices of a colour stand in what a window has drawn, all around them.
    static std::optional<ImRect> inked(const ImGuiWindow* window, ImU32 colour) {
        std::optional<ImRect> area;
        if (!window) return area;
        for (const ImDrawVert& vertex : window->DrawList->VtxBuffer)
            if (vertex.col == colour) {
                if (!area) area = ImRect(vertex.pos, vertex.pos);
                area->Add(vertex.pos);
            }
        return area;
    }

    test::TemporaryFolder home_;

  private:
    std::unique_ptr<gpu::HeadlessContext> context_;
    std::unique_ptr<Application> application_;
    ImVec2 size_{1440, 900};
    float scale_ = 1;
    double now_ = 0;
};

}  // namespace fovea::app
