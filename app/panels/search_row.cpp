#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "app/panels/panel_parts.h"
#include "app/panels/search.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

using Entry = ViewState::Search::Entry;

constexpr float row_height = 18, entry_height = 22, spacing = 12;  // design pixels

/// Controls from left to right in a row.
class Row {
  public:
    Row(Frame& frame, ImVec2 corner) : frame_(frame), at_(corner) {}

    bool link(const char* label, const char* tooltip) {
        ImGui::SetCursorScreenPos({std::floor(at_.x), at_.y});
        const bool clicked = widgets::link(frame_, label, label, tooltip);
        move_on(widgets::text_size(frame_.fonts.small, label).x);
        return clicked;
    }
    void words(std::string_view text) {
        ImFont* small = frame_.fonts.small;
        widgets::text(ImGui::GetWindowDrawList(), small,
                      {std::floor(at_.x), widgets::text_top(small, at_.y, frame_.px(row_height))},
                      frame_.theme.muted, text);
        move_on(widgets::text_size(small, text).x);
    }
    widgets::Entered entry(const widgets::Entry& entry, std::string& value) {
        const float above = std::floor(frame_.px(entry_height - row_height) / 2);
        ImGui::SetCursorScreenPos({std::floor(at_.x), at_.y - above});
        bool& wants_keyboard = frame_.view.search.wants_keyboard;
        const auto entered = widgets::small_entry(frame_, entry, value, wants_keyboard);
        move_on(frame_.px(entry.design_width));
        return entered;
    }
    float end() const { return at_.x - frame_.px(spacing); }

  private:
    void move_on(float width) { at_.x += std::ceil(width) + frame_.px(spacing); }

    Frame& frame_;
    ImVec2 at_;
};

// Where the search begins: at what was gone to, else at the chosen token.
Index nearest_occurrence(const Frame& frame) {
    const Occurrences& found = occurrences(frame);
    if (const auto& sought = frame.view.sought.tokens)
        return found.from(sought->sentence, sought->first);
    return found.from(sentence_of(frame, true), frame.view.selected_query.value_or(0));
}

void words_row(Frame& frame, Row& row) {
    auto& search = frame.view.search;
    const auto entered = row.entry({"words", 220, "look for words",
                                    "Words in the text, in any case\nEnter: the next · "
                                    "Shift+Enter: the one before · Esc: close"},
                                   search.words);
    if (entered.escape) return close_search(frame.view);
    if (entered.changed && occurrences(frame).count() > 0)
        go_to_occurrence(frame, nearest_occurrence(frame));
    if (entered.enter) search.step += ImGui::GetIO().KeyShift ? -1 : 1;
    const Index count = occurrences(frame).count();
    if (count > 0) {
        if (search.step != 0) go_to_occurrence(frame, search.at + search.step);
        search.step = 0;
        search.at = std::min(search.at, count - 1);
        row.words(fmt::format("{} of {}", search.at + 1, count));
        if (row.link("previous", "The occurrence before\nShift+Enter · Shift+F3")) --search.step;
        if (row.link("next", "The next occurrence\nEnter · F3")) ++search.step;
        if (row.link("close", "Esc")) close_search(frame.view);
        return;
    }
    search.step = 0;
    if (!search.words.empty()) row.words("nowhere in the text");
    if (row.link("close", "Esc")) close_search(frame.view);
}

void token_row(Frame& frame, Row& row) {
    auto& search = frame.view.search;
    const auto entered =
        row.entry({"number", 110, "token number", "Enter: go there · Esc: close"}, search.number);
    if (entered.escape) return close_search(frame.view);
    const auto token = typed_token(search.number, frame.queries());
    if (entered.enter && token) {
        go_to(frame, {sentence_of(frame, true), *token, *token});
        search.entry = Entry::closed;
        search.number.clear();
        return;
    }
    if (token)
        row.words(quoted_token(frame.query_labels(), *token));
    else
        row.words(fmt::format("{}0 to {}", search.number.empty() ? "" : "there are only ",
                              frame.queries() - 1));
    if (row.link("close", "Esc")) close_search(frame.view);
}

}  // namespace

void close_search(ViewState& view) {
    view.search.entry = Entry::closed;
    view.search.step = 0;
    view.search.number.clear();
    view.sought.tokens.reset();
}

float search_row(Frame& frame, ImVec2 corner) {
    auto& search = frame.view.search;
    Row row(frame, corner);
    switch (search.entry) {
        case Entry::closed:
            for (const auto& [label, tooltip, entry] :
                 {std::tuple{"find", "Look for words in the text\nCtrl+F", Entry::words},
                  std::tuple{"go to", "Go to a token by its number\nCtrl+G", Entry::token}})
                if (row.link(label, tooltip)) {
                    search.entry = entry;
                    search.wants_keyboard = true;
                }
            break;
        case Entry::words:
            words_row(frame, row);
            break;
        case Entry::token:
            token_row(frame, row);
            break;
    }
    return row.end();
}

}  // namespace fovea::app
