#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "app/shell/kept_picture.h"
#include "app/shell/key_press.h"
#include "app/shell/stroke_queue.h"
#include "engine/core/result.h"

struct GLFWwindow;

namespace fovea::app {

/// The window of the system with an OpenGL context, and ImGui upon it. Main thread only.
class GraphicsWindow {
  public:
    struct Wish {
        int width, height;
        bool visible;
    };
    /// OpenGL 4.3 where it can be had (compute shaders), else 3.3.
    static Result<std::unique_ptr<GraphicsWindow>> create(const Wish& wish);
    ~GraphicsWindow();
    GraphicsWindow(const GraphicsWindow&) = delete;

    GLFWwindow* handle() const { return window_; }
    /// Pixels of a design pixel, in the coordinates of the window.
    float display_scale() const;
    struct Size {
        int width, height;
    };
    /// What the window takes, in design pixels: the size to open it with the next time.
    Size design_size() const;
    bool minimised() const;

    /// What the keyboard did and nobody has taken yet.
    StrokeQueue& strokes() { return strokes_; }
    /// As the window's own shortcuts and the sentence see a stroke; nullopt: a key that types a
    /// character, which comes by itself.
    static std::optional<KeyPress> press_of(const Stroke& stroke);
    /// A stroke is for ImGui: a menu is open, a text field is typed into.
    void give_to_imgui(const Stroke& stroke);

    /// What happened since the last call.
    std::vector<std::filesystem::path> take_dropped() { return std::exchange(dropped_, {}); }
    bool take_event() { return std::exchange(event_, false); }

    void begin_frame();
    /// Draws what ImGui has into the bound framebuffer of this size.
    void render(int width, int height, unsigned background);
    /// Draws it into the window. False where nothing differs from what the window shows already.
    bool show(unsigned background);
    /// What the window shows is not what was drawn, or new textures have old names.
    void forget_shown();
    /// The driver lost everything (a reset, an update): what is drawn goes nowhere until `reopen`.
    bool context_lost() const;
    /// Another window with a new context in the place of this one; ImGui's state and fonts stay.
    /// Everything that the old context held must be given back before, and made again after.
    Status reopen();
    /// The same with a new ImGui context: whatever was half drawn is gone. Fonts as well.
    Status start_over();

  private:
    GraphicsWindow() = default;
    Status open(const Wish& wish);
    static void create_context();
    void close();
    void install_callbacks();
    void fit_to_display();

    /// A key that is struck and let go between two frames: ImGui before 1.87 looks at what is down
    /// in a frame, so that the frame after the next one is told that it was let go.
    bool holds_back(const Stroke& stroke);
    void let_go_of_keys();

    GLFWwindow* window_ = nullptr;
    bool imgui_ready_ = false;
    std::optional<KeptPicture> kept_;  // where the renderer is a program
    bool event_ = true;
    bool repeat_ = false;  // the key that is typing is held down
    StrokeQueue strokes_;
    bool key_struck_ = false;               // since the last frame
    std::vector<Stroke> held_back_, seen_;  // let go in this frame; in the one before
    std::vector<std::filesystem::path> dropped_;
};

}  // namespace fovea::app
