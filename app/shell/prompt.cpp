#include "app/shell/prompt.h"

#include <GLFW/glfw3.h>

#include <algorithm>
#include <cmath>

#include "app/ui/fonts.h"
#include "app/ui/widgets.h"
#include "engine/core/utf8.h"

namespace fovea::app {
namespace {

constexpr float line_pixels = 20;
constexpr float field_padding = 13;
constexpr float vertical_padding = 8;
constexpr size_t most_lines = 4;

float advance(ImFont* font, char32_t c) {
    return c == '\n' ? 0 : character_advance(font, c);
}

}  // namespace

bool draw_field_cross(Frame& frame, const char* id, std::string_view tooltip, ImVec2 min,
                      ImVec2 max) {
    const float side = std::floor(frame.px(22));
    ImGui::SetCursorScreenPos(
        {std::floor(max.x - side - frame.px(4)),
         std::floor(min.y + (frame.px(PromptField::line_height) - side) / 2)});
    const widgets::Hit hit = widgets::hit(frame, id, {side, side}, tooltip);
    widgets::cross(
        ImGui::GetWindowDrawList(),
        {std::floor((hit.min.x + hit.max.x) / 2), std::floor((hit.min.y + hit.max.y) / 2)},
        frame.px(3), frame.px(1.2f), hit.hovered ? frame.theme.text : frame.theme.faint);
    return hit.clicked;
}

Prompt::Pressed Prompt::press(const KeyPress& press) {
    // Lines are those of the last frame's text; keys may come faster.
    if (wrapped_font_ && wrapped_text_ != buffer_.text()) wrap(wrapped_font_, wrapped_width_);
    const float wished_x = wished_x_;
    wished_x_ = -1;
    if (press.key == GLFW_KEY_UP || press.key == GLFW_KEY_DOWN) {
        wished_x_ = wished_x;
        move_by_line(press.key == GLFW_KEY_UP ? -1 : 1, press.shift);
        return Pressed::moved;
    }
    if (moves(press)) return Pressed::moved;
    return edits(press) ? Pressed::edited : Pressed::nothing;
}

bool Prompt::moves(const KeyPress& press) {
    switch (press.key) {
        case GLFW_KEY_LEFT:
        case GLFW_KEY_RIGHT: {
            const int direction = press.key == GLFW_KEY_LEFT ? -1 : 1;
            if (press.control)
                buffer_.move_by_word(direction, press.shift);
            else
                buffer_.move_by_character(direction, press.shift);
            return true;
        }
        case GLFW_KEY_HOME:
        case GLFW_KEY_END: {
            const bool home = press.key == GLFW_KEY_HOME;
            size_t target = home ? 0 : buffer_.text().size();
            if (!press.control && !lines_.empty()) {
                const Line& line = lines_[line_of(buffer_.caret())];
                target = home ? line.begin : line.end;
            }
            buffer_.move_to(target, press.shift);
            return true;
        }
        default:
            break;
    }
    if (!press.control || (press.character != 'a' && press.character != 'c')) return false;
    if (press.character == 'a')
        buffer_.select_all();
    else if (!buffer_.selected_text().empty())
        ImGui::SetClipboardText(std::string(buffer_.selected_text()).c_str());
    return true;
}

bool Prompt::edits(const KeyPress& press) {
    switch (press.key) {
        case GLFW_KEY_BACKSPACE:
        case GLFW_KEY_DELETE: {
            const int direction = press.key == GLFW_KEY_BACKSPACE ? -1 : 1;
            if (press.control)
                buffer_.erase_word(direction);
            else
                buffer_.erase_character(direction);
            return true;
        }
        case GLFW_KEY_ENTER:
        case GLFW_KEY_KP_ENTER:
            buffer_.insert("\n");
            return true;
        default:
            break;
    }
    if (press.control) return edits_with_control(press.character);
    if (press.key != 0 || press.character < 0x20 || press.character == 0x7f) return false;
    std::string typed;
    text::append_utf8(typed, press.character);
    buffer_.insert(typed);
    return true;
}

bool Prompt::edits_with_control(char32_t letter) {
    if (letter == 'x') {
        if (buffer_.selected_text().empty()) return false;
        ImGui::SetClipboardText(std::string(buffer_.selected_text()).c_str());
        buffer_.insert("");
        return true;
    }
    if (letter != 'v') return false;
    const char* pasted = ImGui::GetClipboardText();
    if (!pasted || !*pasted) return false;
    buffer_.insert(pasted);
    return true;
}

void Prompt::wrap(ImFont* font, float width) {
    const std::string& text = buffer_.text();
    if (width == wrapped_width_ && font == wrapped_font_ && text == wrapped_text_) return;
    wrapped_width_ = width;
    wrapped_font_ = font;
    wrapped_text_ = text;
    lines_.clear();
    size_t begin = 0, space = 0;  // `space`: after the last place to break
    float x = 0, x_at_space = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t here = at;
        const char32_t c = text::decode_utf8(text, at);
        if (c == '\n') {
            lines_.push_back({begin, here});
            begin = space = at;
            x = x_at_space = 0;
            continue;
        }
        const float wide = advance(font, c);
        if (x + wide > width && here > begin && c != ' ') {
            const bool at_word = space > begin;
            const size_t end = at_word ? space : here;
            lines_.push_back({begin, end});
            x = at_word ? x - x_at_space : 0;
            begin = space = end;
            x_at_space = 0;
        }
        x += wide;
        // Han, kana and hangul break between any two characters.
        if (c == ' ' || c == '\t' || c == '-' || (c >= 0x2e80 && c <= 0xffef)) {
            space = at;
            x_at_space = x;
        }
    }
    lines_.push_back({begin, text.size()});
}

size_t Prompt::line_of(size_t position) const {
    const auto after =
        std::upper_bound(lines_.begin(), lines_.end(), position,
                         [](size_t at, const Line& line) { return at < line.begin; });
    return after == lines_.begin() ? 0 : static_cast<size_t>(after - lines_.begin()) - 1;
}

float Prompt::x_of(const Frame& frame, size_t position) const {
    const Line& line = lines_[line_of(position)];
    float x = 0;
    for (size_t at = line.begin; at < std::min(position, line.end);)
        x += advance(frame.fonts.prompt, text::decode_utf8(buffer_.text(), at));
    return x;
}

size_t Prompt::position_at(const Frame& frame, const Line& line, float x) const {
    float left = 0;
    size_t at = line.begin;
    while (at < line.end) {
        size_t next = at;
        const float wide = advance(frame.fonts.prompt, text::decode_utf8(buffer_.text(), next));
        if (x < left + wide / 2) break;
        // Where a line is broken at a space, the caret after it belongs to the next line.
        if (next == line.end && next < buffer_.text().size() && buffer_.text()[next] != '\n') break;
        left += wide;
        at = next;
    }
    return at;
}

void Prompt::move_by_line(int direction, bool extend) {
    ImFont* const font = wrapped_font_;
    if (lines_.empty() || !font) return;
    const size_t line = line_of(buffer_.caret());
    const auto x_in_line = [&](const Line& of, size_t position) {
        float x = 0;
        for (size_t at = of.begin; at < position;)
            x += advance(font, text::decode_utf8(buffer_.text(), at));
        return x;
    };
    if (wished_x_ < 0) wished_x_ = x_in_line(lines_[line], buffer_.caret());
    if (direction < 0 && line == 0) return buffer_.move_to(0, extend);
    if (direction > 0 && line + 1 == lines_.size())
        return buffer_.move_to(buffer_.text().size(), extend);
    const Line& target = lines_[direction < 0 ? line - 1 : line + 1];
    size_t at = target.begin;
    float x = 0;
    while (at < target.end) {
        size_t next = at;
        const float wide = advance(font, text::decode_utf8(buffer_.text(), next));
        if (x + wide / 2 > wished_x_) break;
        x += wide;
        at = next;
    }
    buffer_.move_to(at, extend);
}

float Prompt::height(const Frame& frame, const PromptField& field, float width) {
    follow(field.text);
    wrap(frame.fonts.prompt,
         width - frame.px(2 * field_padding) - field.left_room - field.right_room);
    const auto lines = static_cast<float>(std::clamp<size_t>(lines_.size(), 1, most_lines));
    return std::round(frame.px(2 * vertical_padding + lines * line_pixels));
}

void Prompt::handle_mouse(Frame& frame, ImVec2 origin) {
    const ImGuiIO& io = ImGui::GetIO();
    const bool hovered = ImGui::IsItemHovered();
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
    if (hovered && io.MouseWheel != 0) scroll_ -= io.MouseWheel * frame.px(line_pixels);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) focused_ = hovered;
    if (!ImGui::IsItemActive()) return;
    const float row = (io.MousePos.y - origin.y + scroll_) / frame.px(line_pixels);
    const auto line =
        static_cast<size_t>(std::clamp(row, 0.f, static_cast<float>(lines_.size()) - 1));
    const size_t position = position_at(frame, lines_[line], io.MousePos.x - origin.x);
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
        buffer_.select_word_at(position);
    else if (ImGui::IsMouseClicked(ImGuiMouseButton_Left))
        buffer_.move_to(position, io.KeyShift);
    else if (ImGui::IsMouseDragging(ImGuiMouseButton_Left, 3))
        buffer_.move_to(position, true);
    wished_x_ = -1;
}

void Prompt::scroll_to_caret(float visible, float line) {
    if (buffer_.caret() != last_caret_) {
        const auto top = static_cast<float>(line_of(buffer_.caret())) * line;
        scroll_ = std::clamp(scroll_, top + line - visible, top);
        last_caret_ = buffer_.caret();
    }
    const auto total = static_cast<float>(lines_.size()) * line;
    scroll_ = std::clamp(scroll_, 0.f, std::max(0.f, total - visible));
}

void Prompt::draw_text(Frame& frame, const PromptField& field, ImVec2 origin) const {
    const auto first = static_cast<size_t>(scroll_ / frame.px(line_pixels));
    const size_t last = std::min(lines_.size(), first + most_lines + 2);
    const ImU32 ink = field.quiet && !focused_ ? frame.theme.muted : frame.theme.text;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::string& text = buffer_.text();
    const float line_height_pixels = frame.px(line_pixels);
    const float text_offset =
        std::floor((line_height_pixels - line_height(frame.fonts.prompt)) / 2);
    const auto [selected_begin, selected_end] = buffer_.selection();
    const size_t cut = std::min(text.size(), field.cut);
    for (size_t i = first; i < last; ++i) {
        const Line& line = lines_[i];
        const float y = std::floor(origin.y + static_cast<float>(i) * line_height_pixels - scroll_);
        const size_t begin = std::clamp(selected_begin, line.begin, line.end);
        const size_t end = std::clamp(selected_end, line.begin, line.end);
        if (begin < end) {
            const float left = begin == line.begin ? 0 : x_of(frame, begin);
            float right = left;
            for (size_t at = begin; at < end;)
                right += advance(frame.fonts.prompt, text::decode_utf8(text, at));
            list->AddRectFilled({origin.x + left, y}, {origin.x + right, y + line_height_pixels},
                                faded(frame.theme.blue, focused_ ? 0.28f : 0.14f));
        }
        const auto piece = [&](size_t from, size_t to, float x, ImU32 colour) {
            list->AddText(frame.fonts.prompt, line_height(frame.fonts.prompt),
                          {origin.x + x, y + text_offset}, colour, text.data() + from,
                          text.data() + to);
        };
        const size_t split = std::clamp(cut, line.begin, line.end);
        if (split > line.begin) piece(line.begin, split, 0, ink);
        if (split < line.end) {
            const float x = split == line.begin ? 0 : x_of(frame, split);
            piece(split, line.end, x, frame.theme.faint);
        }
    }
}

void Prompt::draw(Frame& frame, const PromptField& field, ImVec2 min, ImVec2 max) {
    ImGui::SetCursorScreenPos({min.x + field.left_room, min.y});
    ImGui::InvisibleButton(field.id,
                           {max.x - min.x - field.left_room - field.right_room, max.y - min.y});
    const float padding = frame.px(field_padding);
    const float line = frame.px(line_pixels);
    const ImVec2 origin{min.x + padding + field.left_room, min.y + frame.px(vertical_padding)};
    const float visible = max.y - min.y - 2 * frame.px(vertical_padding);
    wrap(frame.fonts.prompt, max.x - min.x - 2 * padding - field.left_room - field.right_room);
    handle_mouse(frame, origin);
    scroll_to_caret(visible, line);

    ImDrawList* list = ImGui::GetWindowDrawList();
    const bool hovered = ImGui::IsItemHovered();
    list->AddRectFilled(min, max, frame.theme.background, frame.px(6));
    const ImU32 edge = focused_ ? frame.theme.blue : hovered ? frame.theme.faint : frame.theme.line;
    list->AddRect(min, max, edge, frame.px(6), 0, std::max(1.f, std::round(frame.scale)));
    list->PushClipRect({min.x + 1, min.y + frame.px(4)}, {max.x - 1, max.y - frame.px(4)}, true);
    draw_text(frame, field, origin);
    if (buffer_.text().empty())
        widgets::text(
            list, frame.fonts.prompt,
            {origin.x, origin.y + std::floor((line - line_height(frame.fonts.prompt)) / 2)},
            frame.theme.faint, field.placeholder);
    if (focused_) {
        const auto row = static_cast<float>(line_of(buffer_.caret()));
        const float x = std::floor(origin.x + x_of(frame, buffer_.caret()));
        const float y = std::floor(origin.y + row * line - scroll_);
        list->AddRectFilled({x, y + frame.px(1)},
                            {x + std::max(1.f, std::round(frame.px(1.5f))), y + line - frame.px(1)},
                            frame.theme.blue);
    }
    list->PopClipRect();
    if (lines_.size() > most_lines) {
        const auto total = static_cast<float>(lines_.size()) * line;
        const float track = max.y - min.y - frame.px(12);
        const float thumb = std::max(frame.px(8), track * visible / total);
        const float top =
            min.y + frame.px(6) + (track - thumb) * scroll_ / std::max(1.f, total - visible);
        list->AddRectFilled({max.x - frame.px(7), top}, {max.x - frame.px(4), top + thumb},
                            frame.theme.line, frame.px(2));
    }
}

}  // namespace fovea::app
