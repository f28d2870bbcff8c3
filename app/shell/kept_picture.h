#pragma once

#include <imgui.h>

#include <optional>

#include "app/shell/screenshot.h"
#include "app/ui/changed_areas.h"
#include "engine/core/result.h"

namespace fovea::app {

/// The picture of the window, kept from frame to frame, so that only what differs is drawn again:
/// for renderers that are programs, which take their time for every pixel. UI thread with the
/// OpenGL context current.
class KeptPicture {
  public:
    /// Draws what ImGui has, for a window of this size; leaves its own framebuffer bound. False
    /// where it is what was drawn last.
    Result<bool> draw(int width, int height, ImU32 background);
    void copy_to_window() const { picture_->copy_to_window(); }

    /// The window shows something else, or old names have new textures.
    void forget() { changed_.forget(); }

  private:
    std::optional<OffscreenPicture> picture_;
    ChangedAreas changed_;
};

}  // namespace fovea::app
