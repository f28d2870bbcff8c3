#pragma once

#include <imgui.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/ui/surface.h"

/// The few controls of the program, drawn by hand on ImGui's draw lists: no default look anywhere.
/// Each takes the surface for theme, fonts and scale, draws at the cursor, advances it by exactly
/// its own height (gaps are made by `gap`, never by ImGui's spacing), and shows `tooltip` (what it
/// does, and its key) when the pointer rests on it. UI thread only.
namespace fovea::app::widgets {

// The panel's skeleton. A panel draws its own heading row, then its content; the layout parts
// panels with `separator`, which carries the air above and below the line.

/// Heading row: `text` in spaced capitals at the left; `aside` muted at the right.
void heading(Surface& surface, std::string_view text, std::string_view aside = {});

/// Right after `heading`, behind its words: a mark in blue that says which arrow keys move what
/// stands below. Its room is kept while it is not shown.
struct ArrowsMark {
    bool shown = false;
    bool vertical = false;  ///< up and down move it, too
    std::string_view tooltip;
};
void arrows_mark(Surface& surface, const ArrowsMark& mark);
inline constexpr float arrows_mark_room = 20;  ///< design pixels, with the air before it

/// Right after `heading`: a quiet menu at the right end of its row ("paint: this head ▾"); true
/// when the choice changed.
bool heading_choice(Surface& surface, const char* id, int& chosen,
                    std::span<const std::string_view> labels, std::string_view tooltip,
                    std::string_view prefix = {});

/// Right after `heading`: a quiet "label ▾" at the right end of its row, cut where it would touch
/// the heading. While its menu is open it returns true: draw its items, then `end_menu`.
struct HeadingMenu {
    const char* id;
    std::string_view label, tooltip;
    float design_width = 220;  ///< of the menu
    float widest = 1e6f;       ///< of the label, in pixels
    float right_offset = 0;    ///< room for another one at its right, in pixels
};
bool heading_menu(Surface& surface, const HeadingMenu& menu);
inline bool heading_menu(Surface& surface, const char* id, std::string_view label,
                         std::string_view tooltip, float design_width = 220) {
    return heading_menu(
        surface, {.id = id, .label = label, .tooltip = tooltip, .design_width = design_width});
}

/// One-pixel line over the whole width, with the column's padding left out. Of the air around it
/// `less` pixels are left out, at most `separator_air` design pixels.
void separator(Surface& surface, float less = 0);
inline constexpr float separator_above = 11, separator_below = 13, separator_air = 12;

/// Empty height in design pixels.
void gap(Surface& surface, float design_pixels);

// Controls.

/// An invisible button at the cursor: the base of everything that can be clicked.
struct Hit {
    bool clicked = false;  ///< let go over it
    bool hovered = false;
    bool held = false;
    ImVec2 min, max;
};
Hit hit(Surface& surface, const char* id, ImVec2 size, std::string_view tooltip);

/// The key was struck in this surface, or repeats while it is held: what every version of Dear
/// ImGui calls otherwise.
bool key_pressed(ImGuiKey key, bool repeat = true);

/// Raised button with corners of 6; `active` draws it pressed.
bool button(Surface& surface, const char* id, std::string_view label, std::string_view tooltip,
            bool active = false);
float button_width(const Surface& surface, std::string_view label);
/// Height of a button and of a raised choice, in pixels.
float control_height(const Surface& surface);

/// Quiet text that acts when clicked: "reset all".
bool link(Surface& surface, const char* id, std::string_view label, std::string_view tooltip);

/// A small switch and its label, 24 high; amber while it is on where `changed`, else blue. True
/// when it was flipped.
bool toggle(Surface& surface, const char* id, std::string_view label, bool& on,
            std::string_view tooltip, bool changed = false);
float toggle_width(const Surface& surface, std::string_view label);

/// Quiet text that opens a menu: "weights ▾". True when the choice changed.
bool choice(Surface& surface, const char* id, int& chosen, std::span<const std::string_view> labels,
            std::string_view tooltip, std::string_view prefix = {}, bool raised = true);
float choice_width(const Surface& surface, std::string_view label, std::string_view prefix = {},
                   bool raised = true);

/// The look of a raised button that opens a menu, in the box of what is clicked.
void raised_menu(Surface& surface, const Hit& item, std::string_view label, ImU32 ink,
                 ImU32 outline);

/// Segments side by side over the whole width, one chosen (amber where `changed`).
bool segments(Surface& surface, const char* id, int& chosen,
              std::span<const std::string_view> labels, std::string_view tooltip,
              bool changed = false);

/// Row "label ----o---- value": logarithmic between low and high, a tick at 1; amber where it is
/// not 1. Double-click resets to 1, a click on the number types it; stepping by keys is the
/// window's. Returns true while the value changes; `released` is set on the frame in which the drag
/// ends.
bool log_slider(Surface& surface, const char* id, std::string_view label, float& value, float low,
                float high, std::string_view tooltip, bool& released);

/// Row "label ... 8": a small whole number, typed or stepped by its − and +. `released` as above.
bool stepper(Surface& surface, const char* id, std::string_view label, long& value, long low,
             long high, std::string_view tooltip, bool& released);

/// One line of text to type into, over the whole width; true when it changed. `instead`, where it
/// is given and not empty, takes the place of what is typed, the caret behind it; it is empty then.
/// `selects`: should the field get the keyboard now, all of it is selected.
bool text_field(Surface& surface, const char* id, std::string& value, std::string_view tooltip,
                std::string* instead = nullptr, bool selects = false);
/// The caret is in the field of that name.
bool text_field_is_active(const char* id);

/// A small line to type into at the cursor, 22 high, without advancing it. Enter leaves it open.
struct Entry {
    const char* id;
    float design_width;
    std::string_view hint;  ///< shown while it is empty
    std::string_view tooltip;
};
struct Entered {
    bool changed = false;
    bool enter = false;   ///< Enter was pressed
    bool escape = false;  ///< Escape was pressed
};
/// `wants_keyboard` is cleared when it is given.
Entered small_entry(Surface& surface, const Entry& entry, std::string& value, bool& wants_keyboard);

/// Amber pill with a cross: true when the cross (or the pill) is clicked. Wraps to the next line.
bool chip(Surface& surface, const char* id, std::string_view label, std::string_view tooltip);

/// "0.5" and "0,5" alike; nullopt where it is no finite number.
std::optional<double> parsed_number(std::string_view typed);

/// True while a number or a name is being typed into a control: the window leaves keys to it.
bool has_keyboard();

/// Closes every menu and dialog that is open.
void close_menus();
/// Takes the keyboard from whatever is typed into.
void leave_entries();

// Menus: `open_menu` where something was clicked, then every frame
// `if (begin_menu(...)) { if (menu_item(...)) ...; end_menu(); }`.

void open_menu(const char* id);
bool begin_menu(Surface& surface, const char* id, float design_width = 220);
/// `key` is shown muted at the right. True when chosen (the menu closes).
bool menu_item(Surface& surface, std::string_view label, std::string_view key = {},
               bool enabled = true, bool chosen = false);
void end_menu();

// Text. `top_left` and `top_right` are the corners of the line; heights are the font's.

/// The face's own size in pixels.
float font_size(const ImFont* font);
/// Top of a line of text that stands in the middle of [top, top + height).
float text_top(const ImFont* font, float top, float height);

/// Text clipped to `width` with an ellipsis, in a face and colour.
void clipped_text(ImDrawList* list, ImFont* font, ImVec2 position, float width, ImU32 colour,
                  std::string_view text);
ImVec2 text_size(ImFont* font, std::string_view text);
void text(ImDrawList* list, ImFont* font, ImVec2 position, ImU32 colour, std::string_view text);
/// Right edge at `right`.
void text_right(ImDrawList* list, ImFont* font, ImVec2 top_right, ImU32 colour,
                std::string_view text);

/// A number with its right edge at `top_right`, every digit as wide as the widest one, so that
/// columns line up.
void number(ImDrawList* list, ImFont* font, ImVec2 top_right, ImU32 colour, std::string_view text);
float number_width(ImFont* font, std::string_view text);

/// Letter by letter with air between, ASCII in capitals. Returns the width drawn.
float spaced_capitals(ImDrawList* list, ImFont* font, ImVec2 position, float spacing, ImU32 colour,
                      std::string_view text);

/// Two strokes that cross, the mark of what puts something away.
void cross(ImDrawList* list, ImVec2 centre, float arm, float stroke, ImU32 colour);
/// Small triangle pointing down, the mark of a menu; its box is 8 x 5 design pixels.
void menu_mark(ImDrawList* list, ImVec2 centre, float scale, ImU32 colour);

/// Shows a quiet tooltip beside the pointer, lines separated by '\n', the first one strong.
void tooltip(Surface& surface, std::string_view lines);

}  // namespace fovea::app::widgets
