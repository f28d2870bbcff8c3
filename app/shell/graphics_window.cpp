#include "app/shell/graphics_window.h"

#include <GLFW/glfw3.h>
#include <epoxy/gl.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "engine/core/utf8.h"
#include "engine/gpu/compute_device.h"
#include "engine/gpu/gl_reports.h"

namespace fovea::app {
namespace {

std::string glfw_reason() {
    const char* description = nullptr;
    glfwGetError(&description);
    return description ? description : "no reason given";
}

GLFWwindow* open_window(const GraphicsWindow::Wish& wish, int major, int minor, bool robust) {
    glfwDefaultWindowHints();
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, major);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, minor);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    glfwWindowHint(GLFW_VISIBLE, wish.visible ? GLFW_TRUE : GLFW_FALSE);
    // The wish is in design pixels.
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, wish.visible ? GLFW_TRUE : GLFW_FALSE);
    glfwWindowHint(GLFW_FOCUS_ON_SHOW, wish.visible ? GLFW_TRUE : GLFW_FALSE);
    if (robust) glfwWindowHint(GLFW_CONTEXT_ROBUSTNESS, GLFW_LOSE_CONTEXT_ON_RESET);
    glfwWindowHintString(GLFW_X11_CLASS_NAME, "fovea");
    glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "fovea");
    return glfwCreateWindow(wish.width, wish.height, "Fovea", nullptr, nullptr);
}

GraphicsWindow& self(GLFWwindow* window) {
    return *static_cast<GraphicsWindow*>(glfwGetWindowUserPointer(window));
}

/// The letter on the key in the person's own layout, so that Ctrl+Z is where Z is.
char32_t letter_of(int key, int scancode) {
    const char* name = glfwGetKeyName(key, scancode);
    if (!name || !*name) return 0;
    size_t at = 0;
    const char32_t c = text::decode_utf8(name, at);
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool types_a_character(int key) {
    return key >= GLFW_KEY_SPACE && key <= GLFW_KEY_WORLD_2;
}

}  // namespace

void GraphicsWindow::create_context() {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    io.ConfigWindowsMoveFromTitleBarOnly = true;
    io.ConfigInputTextCursorBlink = false;  // a blinking caret would draw for ever
}

Status GraphicsWindow::start_over() {
    const Size size = design_size();
    const bool visible = glfwGetWindowAttrib(window_, GLFW_VISIBLE) != 0;
    close();
    ImGui::DestroyContext();
    create_context();
    event_ = true;
    return open({size.width, size.height, visible});
}

Result<std::unique_ptr<GraphicsWindow>> GraphicsWindow::create(const Wish& wish) {
    if (!glfwInit())
        return fail(
            "no window can be opened here ({}); without a display, `fovea export` writes "
            "the same pictures and matrices to files",
            glfw_reason());
    std::unique_ptr<GraphicsWindow> result(new GraphicsWindow());
    create_context();
    FOVEA_CHECK(result->open(wish));
    return result;
}

bool GraphicsWindow::holds_back(const Stroke& stroke) {
#if IMGUI_VERSION_NUM >= 18700
    (void)stroke;  // it has a queue of its own
    return false;
#else
    if (stroke.action != GLFW_RELEASE) {
        key_struck_ = true;
        return false;
    }
    // Of any key: Ctrl must be seen down with the letter that was struck under it.
    if (!key_struck_) return false;
    held_back_.push_back(stroke);
    return true;
#endif
}

void GraphicsWindow::give_to_imgui(const Stroke& stroke) {
    if (stroke.kind == Stroke::Kind::character)
        ImGui_ImplGlfw_CharCallback(window_, stroke.character);
    else if (!holds_back(stroke))
        ImGui_ImplGlfw_KeyCallback(window_, stroke.key, stroke.scancode, stroke.action,
                                   stroke.mods);
}

std::optional<KeyPress> GraphicsWindow::press_of(const Stroke& stroke) {
    if (stroke.kind == Stroke::Kind::character)
        return KeyPress{.key = 0, .character = stroke.character, .repeat = stroke.repeat};
    if (stroke.kind != Stroke::Kind::key || stroke.action == GLFW_RELEASE) return std::nullopt;
    const bool control = stroke.mods & (GLFW_MOD_CONTROL | GLFW_MOD_SUPER);
    const bool types = types_a_character(stroke.key);
    if (types && !control) return std::nullopt;
    return KeyPress{.key = types ? 0 : stroke.key,
                    .character = types ? letter_of(stroke.key, stroke.scancode) : 0,
                    .control = control,
                    .shift = (stroke.mods & GLFW_MOD_SHIFT) != 0,
                    .alt = (stroke.mods & GLFW_MOD_ALT) != 0,
                    .repeat = stroke.action == GLFW_REPEAT};
}

void GraphicsWindow::let_go_of_keys() {
    for (const Stroke& stroke : seen_)
        ImGui_ImplGlfw_KeyCallback(window_, stroke.key, stroke.scancode, stroke.action,
                                   stroke.mods);
    seen_ = std::exchange(held_back_, {});
    key_struck_ = false;
    // The frame in which they are let go has to come.
    if (!seen_.empty()) event_ = true;
}

Status GraphicsWindow::reopen() {
    const Size size = design_size();
    const bool visible = glfwGetWindowAttrib(window_, GLFW_VISIBLE) != 0;
    close();
    event_ = true;
    return open({size.width, size.height, visible});
}

Status GraphicsWindow::open(const Wish& wish) {
    GLFWwindow*& window = window_;
    window = open_window(wish, 4, 3, true);
    if (!window) window = open_window(wish, 4, 3, false);
    if (!window) window = open_window(wish, 3, 3, false);
    if (!window)
        return fail("the graphics driver offers no OpenGL 3.3 ({}); `fovea export` works without",
                    glfw_reason());
    glfwMakeContextCurrent(window);
    glfwSwapInterval(wish.visible ? 1 : 0);
    if (wish.visible) fit_to_display();
    glfwSetWindowUserPointer(window, this);
    install_callbacks();
    ImGui_ImplGlfw_InitForOpenGL(window, true);
    ImGui_ImplOpenGL3_Init("#version 330 core");
    imgui_ready_ = true;
    if (gpu::is_software(gpu::device_name())) kept_.emplace();

    // These two replace ImGui's: the loop says who takes a stroke.
    glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int scancode, int action, int mods) {
        GraphicsWindow& own = self(w);
        own.event_ = true;
        if (action != GLFW_RELEASE) own.repeat_ = action == GLFW_REPEAT;
        own.strokes_.add({Stroke::Kind::key, key, scancode, action, mods});
    });
    glfwSetCharCallback(window, [](GLFWwindow* w, unsigned int character) {
        GraphicsWindow& own = self(w);
        own.event_ = true;
        own.strokes_.add(
            {.kind = Stroke::Kind::character, .character = character, .repeat = own.repeat_});
    });
    return {};
}

/// Before ImGui's, which call these in turn.
void GraphicsWindow::install_callbacks() {
    glfwSetCursorPosCallback(window_, [](GLFWwindow* w, double, double) { self(w).event_ = true; });
    glfwSetCursorEnterCallback(window_, [](GLFWwindow* w, int) { self(w).event_ = true; });
    glfwSetMouseButtonCallback(window_, [](GLFWwindow* w, int, int action, int) {
        self(w).event_ = true;
        if (action == GLFW_PRESS) self(w).strokes_.add({.kind = Stroke::Kind::mouse});
    });
    glfwSetScrollCallback(window_, [](GLFWwindow* w, double, double) { self(w).event_ = true; });
    glfwSetWindowFocusCallback(window_, [](GLFWwindow* w, int) { self(w).event_ = true; });
    glfwSetWindowRefreshCallback(window_, [](GLFWwindow* w) {
        self(w).event_ = true;
        self(w).forget_shown();
    });
    glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* w, int, int) { self(w).event_ = true; });
    glfwSetWindowContentScaleCallback(window_,
                                      [](GLFWwindow* w, float, float) { self(w).event_ = true; });
    glfwSetDropCallback(window_, [](GLFWwindow* w, int count, const char** paths) {
        self(w).event_ = true;
        self(w).dropped_.assign(paths, paths + count);
    });
}

void GraphicsWindow::close() {
    if (imgui_ready_) {
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
    }
    imgui_ready_ = false;
    kept_.reset();
    if (window_) glfwDestroyWindow(window_);
    window_ = nullptr;
}

GraphicsWindow::~GraphicsWindow() {
    close();
    ImGui::DestroyContext();
    glfwTerminate();
}

float GraphicsWindow::display_scale() const {
    float x = 1, y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    // Where the system scales the window's coordinates itself, they are design pixels already.
    int width = 0, pixels = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    glfwGetFramebufferSize(window_, &pixels, &height);
    const float done =
        width > 0 && pixels > 0 ? static_cast<float>(pixels) / static_cast<float>(width) : 1;
    return std::max(0.5f, std::max(x, y) / done);
}

GraphicsWindow::Size GraphicsWindow::design_size() const {
    int width = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    const float scale = display_scale();
    return {static_cast<int>(std::lround(static_cast<float>(width) / scale)),
            static_cast<int>(std::lround(static_cast<float>(height) / scale))};
}

/// Not larger than the screen, which a scaled size may be; not smaller than can be used.
void GraphicsWindow::fit_to_display() {
    const float scale = display_scale();
    int left = 0, top = 0, room_x = 0, room_y = 0, width = 0, height = 0;
    if (GLFWmonitor* monitor = glfwGetPrimaryMonitor())
        glfwGetMonitorWorkarea(monitor, &left, &top, &room_x, &room_y);
    glfwGetWindowSize(window_, &width, &height);
    if (scale > 1 && room_x > 0 && room_y > 0 && (width > room_x || height > room_y))
        glfwSetWindowSize(window_, std::min(width, room_x), std::min(height, room_y));
    const auto smallest = [&](float side, int room) {
        const int wanted = static_cast<int>(side * scale);
        return room > 0 ? std::min(wanted, room) : wanted;
    };
    glfwSetWindowSizeLimits(window_, smallest(640, room_x), smallest(400, room_y), GLFW_DONT_CARE,
                            GLFW_DONT_CARE);
}

bool GraphicsWindow::minimised() const {
    return glfwGetWindowAttrib(window_, GLFW_ICONIFIED) != 0;
}

void GraphicsWindow::begin_frame() {
    let_go_of_keys();
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
}

void GraphicsWindow::render(int width, int height, unsigned background) {
    const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(background);
    glViewport(0, 0, width, height);
    glClearColor(colour.x, colour.y, colour.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

bool GraphicsWindow::show(unsigned background) {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    if (kept_) {
        const auto drawn = kept_->draw(width, height, background);
        if (drawn && !*drawn) return false;
        if (drawn)
            kept_->copy_to_window();
        else
            kept_.reset();
    }
    glBindFramebuffer(GL_FRAMEBUFFER, 0);
    if (!kept_) render(width, height, background);
    glfwSwapBuffers(window_);
    return true;
}

void GraphicsWindow::forget_shown() {
    if (kept_) kept_->forget();
}

bool GraphicsWindow::context_lost() const {
    return gpu::gl_reports().reset_status() != GL_NO_ERROR;
}

}  // namespace fovea::app
