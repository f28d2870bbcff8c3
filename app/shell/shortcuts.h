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

/// A key that is the window's whatever else is typed into: function keys and those with Ctrl, less
/// the ones that edit a text or move in it.
bool is_windows_own(const KeyPress& press);
/// Of those, one that concerns what is open on top of the window not at all (the scale, dark or
/// light): that stays open.
bool leaves_menus_open(const KeyPress& press);

/// Runs what belongs to the key; false where nothing does.
bool run_shortcut(Application& application, const KeyPress& press, bool typing);

}  // namespace fovea::app
