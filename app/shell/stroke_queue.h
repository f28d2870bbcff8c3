#pragma once

#include <deque>
#include <functional>

namespace fovea::app {

/// What the keyboard did, in the order in which it did it; and where between its strokes a button
/// of the mouse was pressed.
struct Stroke {
    enum class Kind { key, character, mouse } kind = Kind::key;
    int key = 0, scancode = 0, action = 0, mods = 0;  ///< GLFW's, of a key
    char32_t character = 0;
    bool repeat = false;  ///< of a character: its key is being held down
};

/// Strokes wait here until it is known who takes them: the window (its sentence, its shortcuts) or
/// a control of ImGui's (a menu, an entry). Who that is may change with a stroke (Ctrl+F opens an
/// entry, Enter closes it) and ImGui knows it a frame or two later: until then all that follows
/// waits, so that what was typed fast goes where it was meant to go.
class StrokeQueue {
  public:
    struct Takers {
        std::function<bool()> control_has_keys;  ///< now
        std::function<bool()> keys_move;         ///< a control that was opened is to get them
        std::function<bool(const Stroke&)> is_windows_own;  ///< whoever has the keys
        std::function<void(const Stroke&)> to_control, to_window;
    };
    void add(const Stroke& stroke) { strokes_.push_back(stroke); }
    void frame_was_drawn();
    void deliver(const Takers& takers);
    bool empty() const { return strokes_.empty(); }

  private:
    std::deque<Stroke> strokes_;
    int frames_to_wait_ = 0;
    int frames_waited_ = 0;  // for keys that move
    bool keys_moved_ = false;
};

}  // namespace fovea::app
