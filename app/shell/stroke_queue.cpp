#include "app/shell/stroke_queue.h"

#include <GLFW/glfw3.h>

#include <algorithm>

namespace fovea::app {
namespace {

/// ImGui gives the keyboard to a control, or takes it away, in the frame after the next one.
constexpr int frames_to_settle = 2;
/// A control that never takes the keys it was to get (it scrolled out of sight) holds nothing up.
constexpr int most_frames_waited = 12;

bool is_modifier(int key) {
    return key >= GLFW_KEY_LEFT_SHIFT && key <= GLFW_KEY_RIGHT_SUPER;
}

/// Keys that may close or leave the control that has the keyboard.
bool may_leave(const Stroke& stroke) {
    if (stroke.kind != Stroke::Kind::key || stroke.action == GLFW_RELEASE) return false;
    return stroke.key == GLFW_KEY_ENTER || stroke.key == GLFW_KEY_KP_ENTER ||
           stroke.key == GLFW_KEY_ESCAPE || stroke.key == GLFW_KEY_TAB;
}

}  // namespace

void StrokeQueue::frame_was_drawn() {
    frames_to_wait_ = std::max(0, frames_to_wait_ - 1);
    if (!strokes_.empty()) ++frames_waited_;
}

void StrokeQueue::deliver(const Takers& takers) {
    if (takers.keys_move()) {
        keys_moved_ = true;
    } else if (keys_moved_) {
        // ImGui says a frame later that the control has them.
        keys_moved_ = false;
        frames_to_wait_ = frames_to_settle;
    }
    while (!strokes_.empty() && frames_to_wait_ == 0) {
        if (takers.keys_move()) {
            keys_moved_ = true;
            if (frames_waited_ < most_frames_waited) return;
        }
        const Stroke stroke = strokes_.front();
        strokes_.pop_front();
        frames_waited_ = 0;
        if (stroke.kind == Stroke::Kind::mouse) {
            // A click may give the keys to whatever was clicked.
            frames_to_wait_ = frames_to_settle;
            continue;
        }
        const bool is_key = stroke.kind == Stroke::Kind::key;
        if (is_key && (stroke.action == GLFW_RELEASE || is_modifier(stroke.key))) {
            takers.to_control(stroke);
            continue;
        }
        const bool control = takers.control_has_keys();
        if (control && !takers.is_windows_own(stroke)) {
            takers.to_control(stroke);
            if (may_leave(stroke)) frames_to_wait_ = frames_to_settle;
            continue;
        }
        takers.to_window(stroke);
        if (control) frames_to_wait_ = frames_to_settle;
    }
}

}  // namespace fovea::app
