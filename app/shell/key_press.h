#pragma once

namespace fovea::app {

/// One stroke of the keyboard: a key that types nothing (or goes with Ctrl), or a character.
struct KeyPress {
    int key = 0;             ///< GLFW_KEY_*; 0 for a typed character
    char32_t character = 0;  ///< what was typed; with `control`, the key's letter in lower case
    bool control = false, shift = false, alt = false;
    bool repeat = false;  ///< the key is being held down
};

}  // namespace fovea::app
