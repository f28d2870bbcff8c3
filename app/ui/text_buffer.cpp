#include "app/ui/text_buffer.h"

#include <algorithm>

#include "engine/core/utf8.h"

namespace fovea::app {
namespace {

enum class Kind { space, word, sign };

Kind kind_at(std::string_view text, size_t at) {
    const char32_t c = text::decode_utf8(text, at);
    if (c == ' ' || c == '\n' || c == '\t' || c == 0xa0 || c == 0x3000) return Kind::space;
    if (c >= 0x80) return Kind::word;
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return alphanumeric || c == '\'' ? Kind::word : Kind::sign;
}

}  // namespace

std::string_view TextBuffer::selected_text() const {
    const auto [begin, end] = selection();
    return std::string_view(text_).substr(begin, end - begin);
}

size_t TextBuffer::snapped(size_t position) const {
    position = std::min(position, text_.size());
    // A character has at most four bytes: one that begins before may reach over the position.
    for (size_t back = 1; back < 4 && back <= position; ++back)
        if (const size_t begin = position - back; text::next_character(text_, begin) > position)
            return begin;
    return position;
}

void TextBuffer::replace_all(std::string text) {
    if (text == text_) return;
    const size_t shorter = std::min(text.size(), text_.size());
    size_t tail = 0;
    while (tail < shorter && text[text.size() - 1 - tail] == text_[text_.size() - 1 - tail])
        ++tail;
    text_ = std::move(text);
    caret_ = anchor_ = snapped(text_.size() - tail);
}

void TextBuffer::move_to(size_t position, bool extend) {
    caret_ = snapped(position);
    if (!extend) anchor_ = caret_;
}

void TextBuffer::move_by_character(int direction, bool extend) {
    const auto [begin, end] = selection();
    if (begin != end && !extend) {
        move_to(direction < 0 ? begin : end, false);
    } else {
        move_to(direction < 0 ? text::previous_character(text_, caret_)
                              : text::next_character(text_, caret_),
                extend);
    }
}

size_t TextBuffer::word_edge(size_t from, int direction) const {
    if (direction > 0) {
        size_t at = from;
        while (at < text_.size() && kind_at(text_, at) == Kind::space)
            at = text::next_character(text_, at);
        if (at < text_.size()) {
            const Kind kind = kind_at(text_, at);
            while (at < text_.size() && kind_at(text_, at) == kind)
                at = text::next_character(text_, at);
        }
        return at;
    }
    size_t at = from;
    const auto before = [&] { return text::previous_character(text_, at); };
    while (at > 0 && kind_at(text_, before()) == Kind::space)
        at = before();
    if (at > 0) {
        const Kind kind = kind_at(text_, before());
        while (at > 0 && kind_at(text_, before()) == kind)
            at = before();
    }
    return at;
}

void TextBuffer::move_by_word(int direction, bool extend) {
    move_to(word_edge(caret_, direction), extend);
}

void TextBuffer::select_all() {
    anchor_ = 0;
    caret_ = text_.size();
}

void TextBuffer::select_word_at(size_t position) {
    position = snapped(position);
    if (text_.empty()) return;
    if (position == text_.size()) position = text::previous_character(text_, position);
    const Kind kind = kind_at(text_, position);
    size_t begin = position, end = text::next_character(text_, position);
    while (begin > 0 && kind_at(text_, text::previous_character(text_, begin)) == kind)
        begin = text::previous_character(text_, begin);
    while (end < text_.size() && kind_at(text_, end) == kind)
        end = text::next_character(text_, end);
    anchor_ = begin;
    caret_ = end;
}

bool TextBuffer::erase_selection() {
    const auto [begin, end] = selection();
    if (begin == end) return false;
    text_.erase(begin, end - begin);
    caret_ = anchor_ = begin;
    return true;
}

void TextBuffer::insert(std::string_view typed) {
    erase_selection();
    std::string clean;
    clean.reserve(typed.size());
    for (size_t i = 0; i < typed.size(); ++i) {
        if (typed[i] == '\0') continue;
        if (typed[i] != '\r') clean.push_back(typed[i]);
        if (typed[i] == '\r' && (i + 1 == typed.size() || typed[i + 1] != '\n'))
            clean.push_back('\n');
    }
    text_.insert(caret_, clean);
    caret_ = anchor_ = caret_ + clean.size();
}

void TextBuffer::erase_character(int direction) {
    if (erase_selection()) return;
    anchor_ = direction < 0 ? text::previous_character(text_, caret_)
                            : text::next_character(text_, caret_);
    erase_selection();
}

void TextBuffer::erase_word(int direction) {
    if (erase_selection()) return;
    anchor_ = word_edge(caret_, direction);
    erase_selection();
}

}  // namespace fovea::app
