#include "app/panels/tokens_heading.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "app/panels/search.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

/// A word in the heading that does something. Returns where it ends; true in `clicked`.
struct HeadingWord {
    const char* id;
    std::string_view label;
    std::string_view tooltip;
    bool strong = false;  ///< not as usual
};

/// From `left` on, where there is room up to `right`. Returns where the next one may begin.
float draw_heading_word(Frame& frame, const HeadingWord& word, ImVec2 corner, float right,
                        bool& clicked) {
    ImFont* small = frame.fonts.small;
    const float width = std::ceil(widgets::text_size(small, word.label).x);
    clicked = false;
    if (corner.x + width > right) return corner.x;
    ImGui::SetCursorScreenPos(corner);
    const float height = frame.px(18);
    const widgets::Hit hit = widgets::hit(frame, word.id, {width, height}, word.tooltip);
    const ImU32 ink = word.strong || hit.hovered ? frame.theme.text : frame.theme.muted;
    widgets::text(ImGui::GetWindowDrawList(), small,
                  {corner.x, widgets::text_top(small, corner.y, height) - 1}, ink, word.label);
    clicked = hit.clicked;
    return corner.x + width + frame.px(16);
}

/// What is read of what was typed: the tokenizer's own tokens, a second sentence. Returns their
/// end.
float draw_reading_words(Frame& frame, ImVec2 corner, float right) {
    const auto clicked = [&](const HeadingWord& word) {
        bool is_clicked = false;
        corner.x = draw_heading_word(frame, word, corner, right, is_clicked);
        return is_clicked;
    };
    const bool special = frame.document.special_tokens;
    if (clicked({"special tokens", special ? "special tokens" : "without special tokens",
                 special
                     ? "Special tokens\nthose that the tokenizer puts around the sentence, such "
                       "as [CLS]\nClick: leave them out · Ctrl+B"
                     : "Without special tokens\nonly what is typed is read\nClick: as the "
                       "tokenizer has it · Ctrl+B",
                 !special}))
        frame.issue(SetSpecialTokens{!special});
    const bool against = frame.document.against.has_value();
    if (clicked({"against", against ? "without B" : "add B",
                 against ? "Sentence B\nheld against A, which all panels show\nClick: A alone · "
                           "Ctrl+K"
                         : "Hold another sentence, B, against this one\nread by itself, as the "
                           "model is · Ctrl+K"}))
        frame.turn_against();
    if (!frame.reading->request.model->takes_pairs()) return corner.x;
    const bool pair = frame.document.pair.has_value();
    if (clicked({"pair", pair ? "without pair" : "add pair",
                 pair ? "Pair\ntwo sentences read as one\nClick: the first alone · Ctrl+Shift+J"
                      : "Add a second sentence\nread with the first as the tokenizer's template "
                        "joins them · Ctrl+J"}))
        frame.issue(pair ? SetPair{std::nullopt} : SetPair{""});
    return corner.x;
}

}  // namespace

void draw_tokens_heading(Frame& frame, const std::string& aside) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x;
    widgets::heading(frame, "Tokens");
    widgets::arrows_mark(frame, {.shown = frame.arrows == ArrowTarget::tokens,
                                 .tooltip = "The arrow keys choose the token\nAfter a click in the "
                                            "left column they choose the head"});
    const ImVec2 below = ImGui::GetCursorScreenPos();
    const float end = search_row(frame, {corner.x + frame.px(64 + widgets::arrows_mark_room),
                                         corner.y - std::max(1.0f, std::floor(frame.px(1)))});
    ImFont* small = frame.fonts.small;
    const float words_end = draw_reading_words(frame, {end + frame.px(16), corner.y}, right);
    ImGui::SetCursorScreenPos(below);
    const float room = right - words_end;
    const float width = std::min(room, widgets::text_size(small, aside).x);
    if (width < frame.px(60)) return;
    widgets::clipped_text(
        ImGui::GetWindowDrawList(), small,
        {std::floor(right - width), widgets::text_top(small, corner.y, frame.px(18)) - 1},
        std::ceil(width), frame.theme.muted, aside);
}

}  // namespace fovea::app
