#pragma once

#include <imgui.h>

namespace fovea::app {

/// The colours of the screen. Two signals only: blue is where you are, amber is what you changed.
struct Theme {
    bool is_dark;
    ImU32 background, panel, raised, line;
    ImU32 text, muted, faint;
    ImU32 blue, amber, up, down;
};

constexpr ImU32 rgb(unsigned hex) {
    return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 255);
}

/// `colour` with its alpha multiplied by `share` (0 to 1).
constexpr ImU32 faded(ImU32 colour, float share) {
    const auto alpha =
        static_cast<ImU32>(static_cast<float>((colour >> IM_COL32_A_SHIFT) & 255) * share);
    return (colour & ~IM_COL32_A_MASK) | (alpha << IM_COL32_A_SHIFT);
}

inline constexpr Theme dark_theme{true,          rgb(0x0f1317), rgb(0x151a20), rgb(0x1d242c),
                                  rgb(0x28313b), rgb(0xdbe3ea), rgb(0x8a98a6), rgb(0x5a6672),
                                  rgb(0x5ac8fa), rgb(0xffb454), rgb(0x7fd88f), rgb(0xff7b72)};
inline constexpr Theme light_theme{false,         rgb(0xf4f6f8), rgb(0xffffff), rgb(0xeef1f4),
                                   rgb(0xd8dee4), rgb(0x1d2731), rgb(0x5d6b79), rgb(0x98a4b0),
                                   rgb(0x0a7ac2), rgb(0xb96a00), rgb(0x1a7f37), rgb(0xcf222e)};

/// The faces a panel may use; sizes are in pixels of the display. `text` is Inter 13 on 18,
/// `heading` Inter 11 semibold, `prompt` 15, `title` 15 semibold, `small` 11.
struct Fonts {
    ImFont* text = nullptr;
    ImFont* strong = nullptr;
    ImFont* heading = nullptr;
    ImFont* small = nullptr;
    ImFont* prompt = nullptr;
    ImFont* title = nullptr;
};

}  // namespace fovea::app
