#pragma once

#include <imgui.h>

#include <span>
#include <string_view>

#include "app/panels/panel.h"
#include "app/render/theme.h"

/// The few controls of the program, drawn by hand on ImGui's draw lists: no default look anywhere.
/// Each takes the frame for theme, fonts and scale, draws at the cursor, advances it, and shows
/// `tooltip` (what it does, and its key) when the pointer rests on it.
namespace fovea::app::widgets {

/// Heading row: `text` in spaced capitals at the left; `aside` muted at the right.
void heading(Frame& frame, std::string_view text, std::string_view aside = {});

/// One-pixel line over the whole width, with the column's padding left out.
void separator(Frame& frame);

/// Raised button with corners of 6; `active` draws it pressed.
bool button(Frame& frame, const char* id, std::string_view label, std::string_view tooltip,
            bool active = false);

/// Quiet text that opens a menu: "weights ▾". True when the choice changed.
bool choice(Frame& frame, const char* id, int& chosen, std::span<const std::string_view> labels,
            std::string_view tooltip, std::string_view prefix = {}, bool raised = true);

/// Segments side by side over the whole width, one chosen (amber where `changed`).
bool segments(Frame& frame, const char* id, int& chosen, std::span<const std::string_view> labels,
              std::string_view tooltip, bool changed = false);

/// Row "label ----o---- value": logarithmic between low and high, a tick at 1; amber where it is
/// not 1. Double-click resets to 1, Ctrl+click types a number, arrows step when focused. Returns
/// true while the value changes; `released` is set on the frame in which the drag ends.
bool log_slider(Frame& frame, const char* id, std::string_view label, float& value, float low,
                float high, std::string_view tooltip, bool& released);

/// Amber pill with a cross: true when the cross (or the pill) is clicked. Wraps to the next line.
bool chip(Frame& frame, const char* id, std::string_view label, std::string_view tooltip);

/// Text clipped to `width` with an ellipsis, in a face and colour.
void clipped_text(ImDrawList* list, ImFont* font, ImVec2 position, float width, ImU32 colour,
                  std::string_view text);
ImVec2 text_size(ImFont* font, std::string_view text);
void text(ImDrawList* list, ImFont* font, ImVec2 position, ImU32 colour, std::string_view text);
/// Right edge at `right`.
void text_right(ImDrawList* list, ImFont* font, ImVec2 top_right, ImU32 colour,
                std::string_view text);

/// Shows a quiet tooltip beside the pointer, lines separated by '\n', the first one strong.
void tooltip(Frame& frame, std::string_view lines);

}  // namespace fovea::app::widgets
