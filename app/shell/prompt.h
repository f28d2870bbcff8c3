#pragma once

#include <imgui.h>

#include <string>
#include <string_view>
#include <vector>

#include "app/panels/panel.h"
#include "app/shell/key_press.h"
#include "app/ui/text_buffer.h"

namespace fovea::app {

/// What a prompt edits, and how it looks.
struct PromptField {
    const char* id;           ///< ImGui's
    const std::string& text;  ///< as the document has it
    std::string_view placeholder;
    size_t cut = std::string::npos;       ///< from this byte on it was not read: faint
    bool quiet = false;                   ///< nobody typed it: muted until the caret is in it
    float left_room = 0, right_room = 0;  ///< pixels kept free at its ends

    // Design pixels: a field of one line, and what a cross at its right end takes.
    static constexpr float line_height = 36, cross_room = 28;
};

/// A cross inside the right end of a field; true where it was clicked.
bool draw_field_cross(Frame& frame, const char* id, std::string_view tooltip, ImVec2 min,
                      ImVec2 max);

/// The field for a sentence: wraps, grows to a few lines, then scrolls. What a key made of the text
/// is taken at once, before the next key; nothing waits for the engine. ImGui's own text field
/// neither wraps nor leaves undo to the document, hence this one.
class Prompt {
  public:
    bool focused() const { return focused_; }
    void focus(bool focused) { focused_ = focused; }
    void select_all() { buffer_.select_all(); }

    /// The text as the document has it, which a key may have changed since the last frame.
    void follow(const std::string& text) { buffer_.replace_all(text); }
    /// What a key does to the text and to the caret.
    enum class Pressed { nothing, moved, edited };
    Pressed press(const KeyPress& press);
    const std::string& text() const { return buffer_.text(); }
    size_t caret() const { return buffer_.caret(); }

    /// Height of the field in pixels, for this width.
    float height(const Frame& frame, const PromptField& field, float width);
    void draw(Frame& frame, const PromptField& field, ImVec2 min, ImVec2 max);

  private:
    /// One line on the screen: bytes [begin, end) of the text.
    struct Line {
        size_t begin, end;
    };
    void wrap(ImFont* font, float width);
    bool edits(const KeyPress& press);
    bool edits_with_control(char32_t letter);
    bool moves(const KeyPress& press);
    size_t line_of(size_t position) const;
    float x_of(const Frame& frame, size_t position) const;
    size_t position_at(const Frame& frame, const Line& line, float x) const;
    void move_by_line(int direction, bool extend);
    void handle_mouse(Frame& frame, ImVec2 text_origin);
    void draw_text(Frame& frame, const PromptField& field, ImVec2 origin) const;
    void scroll_to_caret(float visible_height, float line_height);

    TextBuffer buffer_;
    std::vector<Line> lines_;
    std::string wrapped_text_;  // what lines_ were made of
    float wrapped_width_ = -1;
    ImFont* wrapped_font_ = nullptr;
    float scroll_ = 0;
    float wished_x_ = -1;  // column kept while moving up and down
    size_t last_caret_ = 0;
    bool focused_ = false;
};

}  // namespace fovea::app
