#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace fovea::app {

/// A text with a caret and a selection: what an editor does, without drawing. Positions are bytes
/// and always stand between whole characters.
class TextBuffer {
  public:
    const std::string& text() const { return text_; }
    size_t caret() const { return caret_; }
    /// [begin, end) of what is selected; empty where nothing is.
    std::pair<size_t, size_t> selection() const { return std::minmax(caret_, anchor_); }
    std::string_view selected_text() const;

    /// The text was changed from outside (undo): the caret goes to where it differs.
    void replace_all(std::string text);

    void move_to(size_t position, bool extend);
    void move_by_character(int direction, bool extend);
    void move_by_word(int direction, bool extend);
    void select_all();
    void select_word_at(size_t position);

    /// Each of these replaces or removes the selection, where there is one.
    void insert(std::string_view typed);
    void erase_character(int direction);
    void erase_word(int direction);

  private:
    bool erase_selection();
    size_t word_edge(size_t from, int direction) const;
    size_t snapped(size_t position) const;

    std::string text_;
    size_t caret_ = 0;
    size_t anchor_ = 0;
};

}  // namespace fovea::app
