#pragma once

#include <functional>
#include <memory>

#include "app/ui/frame_cache.h"
#include "app/ui/theme.h"

namespace fovea::app {

/// What is drawn with in a frame of the window. It knows no panel and no document. UI thread only.
struct Surface {
    const Theme& theme;
    const Fonts& fonts;
    float scale = 1;  ///< pixels for one design pixel
    double now = 0;   ///< seconds
    /// What is shown is not complete: another frame shall follow this one.
    std::function<void()> draw_again = [] {};
    /// Whoever draws more than one frame keeps it for the next.
    std::shared_ptr<FrameCache> cache = std::make_shared<FrameCache>();

    float px(float design_pixels) const { return design_pixels * scale; }
};

}  // namespace fovea::app
