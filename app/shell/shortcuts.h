#pragma once

#include <span>
#include <string_view>

#include "app/shell/key_press.h"

namespace fovea::app {

class Application;

enum class KeyGroup { sentence, look, find, change, window };
std::string_view group_name(KeyGroup group);

/// One key and what it does. The table is all there is: it is what is obeyed and what F1 shows.
struct Shortcut {
    KeyGroup group;
    const char* keys;  ///< as F1 shows it; "" for a second key of the line above
    const char* does;
    int key;             ///< GLFW_KEY_*, or 0
    char32_t character;  ///< typed, or the letter that goes with Ctrl; or 0
    bool control, shift;
    bool while_typing;  ///< obeyed while the sentence is being typed, too
    void (*run)(Application& application);
    bool repeats = false;  ///< held down, it goes on; else it acts once
};

std::span<const Shortcut> shortcuts();

/// Runs what belongs to the key; false where nothing does.
bool run_shortcut(Application& application, const KeyPress& press, bool typing);

}  // namespace fovea::app
