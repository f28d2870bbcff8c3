#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>

#include "engine/core/result.h"

namespace fovea::app {

/// How long events wait for their pictures, a line of CSV a frame: the event's number, the frame's
/// among those that answer it, and the milliseconds from the event's arrival to the beginning of
/// the frame, to its being made (all that ImGui is told) and to its being on the screen. Off until
/// opened: it waits for the graphics driver after each frame, which nobody else wants. Main thread.
class FrameLog {
  public:
    Status open(const std::filesystem::path& file);
    bool on() const { return file_ != nullptr; }

    void event_arrived();
    void frame_begins();
    void frame_made();
    void frame_shown();  ///< with the OpenGL context current, after the buffers were swapped

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_;
    long event_ = 0;
    int frame_ = 0;  // of those after the event
    double arrived_ = 0, begun_ = 0, made_ = 0;
};

}  // namespace fovea::app
