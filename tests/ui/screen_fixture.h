#pragma once

#include <gtest/gtest.h>
#include <imgui.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/maps/head_textures.h"
#include "app/panels/panel.h"
#include "app/ui/theme.h"
#include "app/views/list.h"
#include "engine/jobs/scheduler.h"

namespace fovea::app {

/// Draws nothing: the panels under test need no OpenGL.
class NoTextures final : public HeadTextures {
  public:
    void show_trace(std::shared_ptr<const Trace>) override {}
    void draw_heads(ImDrawList*, std::span<const HeadTile>, const ColourScale&, ImU32) override {}
    ColourScale draw_map(ImDrawList*, const MapPicture&, ImVec2, ImVec2, const ColourScale& scale,
                         const MapStyle&) override {
        return scale;
    }
    MapCache& maps() override { return maps_; }
    std::string scoring_label() const override { return "none"; }

  private:
    MapCache maps_;
};

/// A Dear ImGui context without a window: panels and widgets are drawn into one ImGui window at
/// (0, 0), 300 wide, without padding, and driven by made-up mouse events.
class ScreenTest : public ::testing::Test {
  protected:
    static constexpr float width = 300, height = 800;

    void SetUp() override {
        context_ = ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DisplaySize = {1000, 800};
        io.DeltaTime = 1.0f / 60;
        ImFont* font = io.Fonts->AddFontDefault();
        unsigned char* pixels = nullptr;
        int w = 0, h = 0;
        io.Fonts->GetTexDataAsRGBA32(&pixels, &w, &h);
        fonts_ = {font, font, font, font, font};
        move(900, 700);
    }
    void TearDown() override { ImGui::DestroyContext(context_); }

    void move(float x, float y) {
#if IMGUI_VERSION_NUM >= 18700
        ImGui::GetIO().AddMousePosEvent(x, y);
#else
        ImGui::GetIO().MousePos = {x, y};
#endif
    }
    void press(bool down, int mouse_button = 0) {
#if IMGUI_VERSION_NUM >= 18700
        ImGui::GetIO().AddMouseButtonEvent(mouse_button, down);
#else
        ImGui::GetIO().MouseDown[mouse_button] = down;
#endif
    }
    void hold_control(bool down) {
#if IMGUI_VERSION_NUM >= 18700
        ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, down);
#else
        ImGui::GetIO().KeyCtrl = down;
#endif
    }
    void hold_shift(bool down) {
#if IMGUI_VERSION_NUM >= 18700
        ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, down);
#else
        ImGui::GetIO().KeyShift = down;
#endif
    }
    void key(ImGuiKey which, bool down) {
#if IMGUI_VERSION_NUM >= 18700
        ImGui::GetIO().AddKeyEvent(which, down);
#else
        ImGuiIO& io = ImGui::GetIO();
        io.KeyMap[which] = which;
        io.KeysDown[which] = down;
#endif
    }
    void type(const char* text) {
        ImGui::GetIO().AddInputCharactersUTF8(text);
    }

    /// One frame of `draw` between NewFrame and Render.
    void draw_frame() {
        now_ += 1.0 / 60;
        ImGui::NewFrame();
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize({width, height});
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
        ImGui::Begin("panel", nullptr,
                     ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                         ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoScrollbar);
        ImGui::PopStyleVar();
        const ViewState::Hover hovered = view_.hover;
        view_.hover = {};
        Frame frame{{.theme = dark_theme, .fonts = fonts_, .now = now_, .cache = cache_},
                    document_,
                    view_,
                    hovered,
                    textures_,
                    jobs_};
        frame.reading = reading_;
        frame.compares = view_by_name(view_.middle).compares;
        if (reading_) frame.part = viewed_part(*reading_->request.model->model, view_);
        frame.issue = [this](Command command) {
            issued_.push_back(command);
            if (applies_) apply_(document_, command);
        };
        frame.end_gesture = [this] { ++gestures_; };
        frame.undo = frame.redo = [] {};
        if (reading_) {
            frame.trace = &reading_->shown(document_.edits_enabled, frame.part);
            frame.original = &reading_->original->of(frame.part);
        }
        draw_(frame);
        ImGui::End();
        ImGui::Render();
    }
    void draw_frames(int count) {
        for (int i = 0; i < count; ++i)
            draw_frame();
    }
    void click(float x, float y, int mouse_button = 0) {
        move(x, y);
        draw_frames(2);
        press(true, mouse_button);
        draw_frame();
        press(false, mouse_button);
        draw_frames(2);
    }
    void drag(float from_x, float to_x, float y) {
        move(from_x, y);
        draw_frames(2);
        press(true);
        draw_frame();
        for (int i = 1; i <= 4; ++i) {
            move(from_x + (to_x - from_x) * static_cast<float>(i) / 4, y);
            draw_frame();
        }
        press(false);
        draw_frames(2);
    }
    /// Long enough that the next press is no double-click.
    void rest() {
        draw_frames(40);
    }

    /// The commands of one kind that were issued so far.
    template <class T>
    std::vector<T> issued() const {
        std::vector<T> found;
        for (const Command& command : issued_)
            if (const T* match = std::get_if<T>(&command)) found.push_back(*match);
        return found;
    }

    std::function<void(Frame&)> draw_ = [](Frame&) {};
    Document document_;
    ViewState view_;
    std::shared_ptr<const Reading> reading_;
    std::vector<Command> issued_;
    int gestures_ = 0;
    bool applies_ = false;
    std::function<bool(Document&, const Command&)> apply_;

  private:
    ImGuiContext* context_ = nullptr;
    Fonts fonts_;
    NoTextures textures_;
    Scheduler jobs_{[] {}};
    std::shared_ptr<FrameCache> cache_ = std::make_shared<FrameCache>();
    double now_ = 0;
};

}  // namespace fovea::app
