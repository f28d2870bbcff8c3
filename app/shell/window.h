#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/state/session_file.h"
#include "engine/core/result.h"

namespace fovea::app {

struct WindowOptions {
    std::optional<std::string> model;  ///< folder or name; unset: the last one, or the default
    std::optional<std::string> text;
    std::optional<std::string> pair;     ///< a second sentence
    std::optional<std::string> against;  ///< a sentence that is held against the first
    bool no_special_tokens = false;
    std::optional<Edits> edits;
    std::optional<Session> session;
    /// Draw until the picture is complete, save it as PNG, end. State is neither read nor saved.
    std::optional<std::filesystem::path> screenshot;
    std::optional<std::filesystem::path> frame_times;  ///< a FrameLog goes here
    int width = 0, height = 0;                         ///< 0: as last time
    bool light = false;
};

/// Opens the window and returns when it is closed. Main thread.
Status run_window(const WindowOptions& options);

}  // namespace fovea::app
