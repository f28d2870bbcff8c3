#include "app/shell/window.h"

#include <GLFW/glfw3.h>
#include <epoxy/gl.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <new>

#include "app/maps/scoring_choice.h"
#include "app/shell/application.h"
#include "app/shell/frame_log.h"
#include "app/shell/graphics_window.h"
#include "app/shell/screenshot.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

/// Frames drawn after the last event: ImGui answers a click one frame late, hover is passed on by
/// one more.
constexpr int frames_after_event = 3;
/// The pointer rests this long before a tooltip comes; the state is saved after this much quiet.
constexpr double tooltip_seconds = 0.5, save_seconds = 2.0;
constexpr double progress_seconds = 0.5;
/// Without the engine at work: a pass over tens of thousands of tokens takes minutes.
constexpr double screenshot_patience_seconds = 300;
constexpr int screenshot_settled_frames = 4;

/// ImGui's textures follow its fonts; between frames.
void refresh_fonts(GraphicsWindow& window, Application& application, float scale) {
    const bool built = application.prepare_fonts(scale);
#if IMGUI_VERSION_NUM < 19200
    if (built) {
        window.forget_shown();
        ImGui_ImplOpenGL3_DestroyFontsTexture();
        ImGui_ImplOpenGL3_CreateFontsTexture();
    }
#else
    if (built) window.forget_shown();
#endif
}

bool imgui_has_keyboard() {
    return ImGui::GetIO().WantTextInput || widgets::has_keyboard() ||
           ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup);
}

void deliver_strokes(GraphicsWindow& window, Application& application) {
    window.strokes().deliver(
        {.control_has_keys = imgui_has_keyboard,
         .keys_move = [&] { return application.keys_move(); },
         .is_windows_own =
             [&](const Stroke& stroke) {
                 const auto press = GraphicsWindow::press_of(stroke);
                 return press && application.is_windows_own(*press);
             },
         .to_control = [&](const Stroke& stroke) { window.give_to_imgui(stroke); },
         .to_window =
             [&](const Stroke& stroke) {
                 if (const auto press = GraphicsWindow::press_of(stroke)) application.press(*press);
             }});
}

unsigned background_of(Application& application) {
    return (application.view().dark ? dark_theme : light_theme).panel;
}

Status save_screenshot(GraphicsWindow& window, Application& application,
                       const std::filesystem::path& file, int width, int height) {
    FOVEA_TRY(const OffscreenPicture picture, OffscreenPicture::create(width, height));
    double start = glfwGetTime();
    for (int settled = 0; settled < screenshot_settled_frames;) {
        glfwPollEvents();
        application.poll();
        refresh_fonts(window, application, 1);
        window.begin_frame();
        // The picture has the wished size whatever became of the window.
        ImGuiIO& io = ImGui::GetIO();
        io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
        io.DisplayFramebufferScale = {1, 1};
        io.MousePos = {-1, -1};
        ImGui::NewFrame();
        picture.bind();
        application.draw(1, glfwGetTime());
        ImGui::Render();
        picture.bind();
        window.render(width, height, background_of(application));
        settled = application.settled() && !application.wants_frame() ? settled + 1 : 0;
        const bool computing = application.computing();
        if (computing) start = glfwGetTime();
        // The engine says when it is done; a frame of a software renderer would take its cores.
        if (settled == 0) glfwWaitEventsTimeout(computing ? 0.5 : 0.02);
        if (glfwGetTime() - start > screenshot_patience_seconds)
            return fail("{}: the picture was not complete after {:.0f} s", file.string(),
                        screenshot_patience_seconds);
    }
    if (!application.error().empty() && !application.reading())
        return fail("{}", application.error());
    return picture.save(file);
}

void make_frame(GraphicsWindow& window, Application& application, float scale) {
    window.begin_frame();
    ImGui::NewFrame();
    application.draw(scale, glfwGetTime());
    ImGui::Render();
}

void draw_frame(GraphicsWindow& window, Application& application, FrameLog& log) {
    log.frame_begins();
    const float scale = window.display_scale();
    refresh_fonts(window, application, scale);
    make_frame(window, application, scale);
    // To make a frame costs a millisecond, to draw it without a GPU ten or more: one that does not
    // yet show everywhere what is under the pointer is not drawn.
    if (application.hover_moved()) make_frame(window, application, scale);
    log.frame_made();
    window.strokes().frame_was_drawn();
    if (window.show(background_of(application))) log.frame_shown();
}

/// What the loop waits for when nothing is left to draw.
class Quiet {
  public:
    /// Sleeps until an event, or until a tooltip or the saving of the state is due.
    void wait(Application& application) {
        const double now = glfwGetTime();
        double due = -1;
        if (tooltip_due_ > 0) due = tooltip_due_;
        if (save_due_ > 0 && (due < 0 || save_due_ < due)) due = save_due_;
        // Of a long pass the status line says how far it is.
        if (application.computing() && (due < 0 || now + progress_seconds < due))
            due = now + progress_seconds;
        if (due < 0)
            glfwWaitEvents();
        else
            glfwWaitEventsTimeout(std::max(0.001, due - now));
        if (save_due_ > 0 && glfwGetTime() >= save_due_) {
            save_due_ = 0;
            application.save_state();
        }
    }
    /// Something was done by the person: the clocks start again.
    void disturb() {
        tooltip_due_ = glfwGetTime() + tooltip_seconds;
        save_due_ = glfwGetTime() + save_seconds;
    }
    /// True once when the pointer has rested: a frame or two draw the tooltip.
    bool tooltip_is_due() {
        if (tooltip_due_ <= 0 || glfwGetTime() < tooltip_due_) return false;
        tooltip_due_ = 0;
        return true;
    }

  private:
    double tooltip_due_ = 0, save_due_ = 0;
};

/// Of the sentence and the edits, before the window goes against its user's will.
std::string what_is_saved(const Status& saved) {
    return saved ? "the sentence and the edits are saved" : saved.message();
}

/// The document, its history and the reading are not the driver's: only what is drawn is made anew.
Status outlive_reset(GraphicsWindow& window, Application& application) {
    const Status saved = application.save_state_now();
    application.release_resources();
    give_up_gpu_scoring("the GPU was reset");
    Status done = window.reopen();
    if (done) done = application.create_resources();
    if (done) return {};
    return fail("the graphics driver was reset and gives no new window ({}); {}: start fovea again",
                done.message(), what_is_saved(saved));
}

/// What ran out of memory is given up, with all that is kept only to be fast. The document, its
/// history and the last good reading stand.
Status outlive_lack_of_memory(GraphicsWindow& window, Application& application) {
    application.forget_frame();
    Status done = window.start_over();
    if (done) done = application.create_resources();
    return done;
}

/// What a turn of the loop leaves.
enum class Turn { done, out_of_memory };

template <class Work>
Turn in_memory(Work&& work) {
    try {
        work();
        return Turn::done;
    } catch (const std::bad_alloc&) {
        return Turn::out_of_memory;
    }
}

Status run_until_closed(GraphicsWindow& window, Application& application, FrameLog& log) {
    constexpr int most_failures = 3;  // one after the other
    int frames_left = frames_after_event, failures = 0;
    Quiet quiet;
    while (!glfwWindowShouldClose(window.handle())) {
        if (frames_left > 0 && !window.minimised())
            glfwPollEvents();
        else
            quiet.wait(application);
        if (window.take_event()) {
            frames_left = frames_after_event;
            log.event_arrived();
            quiet.disturb();
        }
        const Turn turn = in_memory([&] {
            deliver_strokes(window, application);
            if (const auto dropped = window.take_dropped(); !dropped.empty())
                application.drop(dropped);
            if (application.poll() || quiet.tooltip_is_due()) frames_left = frames_after_event;
            if (application.wants_frame() || !window.strokes().empty())
                frames_left = std::max(frames_left, 2);
            if (window.minimised() || frames_left == 0) return;
            draw_frame(window, application, log);
            --frames_left;
            failures = 0;
        });
        if (turn == Turn::out_of_memory) {
            const Status again = ++failures < most_failures
                                     ? outlive_lack_of_memory(window, application)
                                     : Status(fail("nothing can be drawn"));
            const Status saved = application.save_state_now();
            if (!again)
                return fail("there is not enough memory for the window ({}); {}", again.message(),
                            what_is_saved(saved));
            frames_left = frames_after_event;
            continue;
        }
        if (window.context_lost()) {
            FOVEA_CHECK(outlive_reset(window, application));
            frames_left = frames_after_event;
        }
    }
    const auto [width, height] = window.design_size();
    application.view().window_width = width;
    application.view().window_height = height;
    return application.save_state_now();
}

}  // namespace

Status run_window(const WindowOptions& options) {
    FrameLog log;
    if (options.frame_times) {
        FOVEA_CHECK(log.open(*options.frame_times));
    }
    std::unique_ptr<GraphicsWindow> window;
    std::atomic<bool> can_wake = false;
    // Loading begins before the window opens: both take a while.
    Application application(options, [&can_wake] {
        if (can_wake) glfwPostEmptyEvent();
    });
    const ViewState& view = application.view();
    FOVEA_TRY(window, GraphicsWindow::create({.width = view.window_width,
                                              .height = view.window_height,
                                              .visible = !options.screenshot}));
    can_wake = true;
    FOVEA_CHECK(application.create_resources());
    const Status done = options.screenshot
                            ? save_screenshot(*window, application, *options.screenshot,
                                              view.window_width, view.window_height)
                            : run_until_closed(*window, application, log);
    application.release_resources();
    return done;
}

}  // namespace fovea::app
