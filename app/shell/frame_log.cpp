#include "app/shell/frame_log.h"

#include <GLFW/glfw3.h>
#include <epoxy/gl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace fovea::app {

Status FrameLog::open(const std::filesystem::path& file) {
    file_.reset(std::fopen(file.c_str(), "we"));
    if (!file_)
        return fail("{}: could not be written: {}", file.string(),
                    std::generic_category().message(errno));
    fmt::print(file_.get(), "event,frame,begun_ms,made_ms,shown_ms\n");
    return {};
}

void FrameLog::event_arrived() {
    ++event_;
    frame_ = 0;
    arrived_ = glfwGetTime();
}

void FrameLog::frame_begins() {
    begun_ = glfwGetTime();
}

void FrameLog::frame_made() {
    made_ = glfwGetTime();
}

void FrameLog::frame_shown() {
    if (!file_) return;
    // The driver draws when it likes: without this, swapping only asks for it.
    glFinish();
    const auto after = [&](double time) { return 1000 * (time - arrived_); };
    fmt::print(file_.get(), "{},{},{:.3f},{:.3f},{:.3f}\n", event_, ++frame_, after(begun_),
               after(made_), after(glfwGetTime()));
    // Whoever reads along, or ends the program by force, has whole lines.
    std::fflush(file_.get());
}

}  // namespace fovea::app
