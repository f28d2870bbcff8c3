#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/state/document.h"
#include "app/state/view_state.h"
#include "engine/session/reading.h"

namespace fovea::app {

struct Theme;
struct Fonts;
class HeadTextures;

/// All that a panel may read and do in a frame. Panels own nothing: they draw `reading`, change
/// `view`, and ask for changes of the document through `issue`. UI thread only.
struct Frame {
    const Document& document;
    ViewState& view;
    const ViewState::Hover& hovered;  ///< what was under the pointer in the last frame: draw this;
                                      ///< write view.hover for the next
    std::shared_ptr<const Reading> reading;  ///< null before the first picture
    /// The trace in view: edited where there are edits and they are on. Null with `reading`.
    const Trace* trace = nullptr;
    const Trace* original = nullptr;  ///< the model's own
    bool stale = false;               ///< `reading` is older than the document
    std::string error;                ///< the newest error, a sentence; empty: none

    const Theme& theme;
    const Fonts& fonts;
    HeadTextures& textures;
    float scale = 1;  ///< pixels for one design pixel
    double now = 0;   ///< seconds

    std::function<void(Command)> issue;
    std::function<void()> end_gesture;  ///< the mouse was let go: one step of undo ends here
    std::function<void()> undo, redo;

    Index layers() const { return reading ? reading->request.model->model->layers() : 0; }
    Index heads() const { return reading ? reading->request.model->model->heads() : 0; }
    Index tokens() const { return reading ? static_cast<Index>(reading->tokens.size()) : 0; }
    float px(float design_pixels) const { return design_pixels * scale; }
};

}  // namespace fovea::app
