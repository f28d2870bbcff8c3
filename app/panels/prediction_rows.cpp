#include "app/panels/prediction_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

bool has_space_in_front(std::string_view piece) {
    return piece.starts_with(' ') && piece.find_first_not_of(' ') != std::string_view::npos;
}

std::string numbers(const Standing& standing) {
    return fmt::format("probability {} · ln p {} · rank {} · logit {}",
                       shown_number(standing.probability, 4),
                       shown_number(standing.log_probability, 3), shown_rank(standing.rank),
                       shown_number(standing.logit, 3));
}

}  // namespace

std::string visible_piece(std::string_view piece) {
    std::string shown;
    for (const char c : bare_label(piece)) {
        if (c == '\n')
            shown += "⏎";
        else if (c == '\t')
            shown += "⇥";
        else
            shown += c;
    }
    if (shown.find_first_not_of(' ') == std::string::npos) return shown.empty() ? "∅" : "␣";
    return shown;
}

std::string shown_rank(Index rank) {
    std::string digits = std::to_string(rank);
    for (auto at = static_cast<Index>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<size_t>(at), ",");
    return digits;
}

PredictionRows::PredictionRows(Frame& frame, bool with_change)
    : frame_(frame), with_change_(with_change) {
    const PredictionNumbers numbers{widgets::number_width(frame.fonts.text, "0.000"),
                                    widgets::number_width(frame.fonts.text, "+0.00")};
    columns_ = prediction_columns(ImGui::GetContentRegionAvail().x, numbers, frame.scale);
}

std::string PredictionRows::tooltip(const PredictionChange& prediction, const char* what) const {
    std::string tip =
        fmt::format("“{}”  id {}\n{}", prediction.piece, prediction.id, numbers(shown(prediction)));
    if (with_change_) tip += "\nwithout the edits: " + numbers(prediction.without);
    return fmt::format("{}\n{}", tip, what);
}

bool PredictionRows::hit(const PredictionChange& prediction, const char* what, float high) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float wide = ImGui::GetContentRegionAvail().x;
    const widgets::Hit hit = widgets::hit(frame_, std::to_string(prediction.id).c_str(),
                                          {wide, frame_.px(high)}, tooltip(prediction, what));
    if (hit.hovered)
        ImGui::GetWindowDrawList()->AddRectFilled({corner.x - frame_.px(6), corner.y},
                                                  {corner.x + wide + frame_.px(6), hit.max.y},
                                                  frame_.theme.raised, frame_.px(4));
    return hit.clicked;
}

void PredictionRows::draw(const PredictionChange& prediction, ImVec2 corner) {
    const Theme& theme = frame_.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = frame_.fonts.text;
    const float high = frame_.px(height), top = widgets::text_top(face, corner.y, high);
    const Standing& standing = shown(prediction);
    float left = 0;
    // " or" and "or" are different tokens.
    if (has_space_in_front(prediction.piece) && columns_.piece > 0) {
        widgets::text(list, face, {corner.x, top}, theme.faint, "␣");
        left = std::ceil(widgets::text_size(face, "␣").x) + frame_.px(1);
    }
    widgets::clipped_text(list, face, {corner.x + left, top}, columns_.piece - left, theme.text,
                          visible_piece(prediction.piece));
    if (columns_.bar_right > columns_.bar_left) {
        const float middle = std::round(corner.y + high / 2), half = frame_.px(4);
        const float bar_left = corner.x + columns_.bar_left;
        const float room = columns_.bar_right - columns_.bar_left;
        const float bar = std::max(frame_.px(2), std::round(room * standing.probability));
        list->AddRectFilled({bar_left, middle - half}, {bar_left + bar, middle + half}, theme.blue,
                            std::min(frame_.px(2), bar / 2));
    }
    widgets::number(list, face, {corner.x + columns_.probability, top}, theme.text,
                    shown_number(standing.probability, 3));
    if (!with_change_ || columns_.change == 0) return;
    const float change = prediction.with_edits.probability - prediction.without.probability;
    const std::string words = shown_change(change, 2);
    const ImU32 colour = words == "0.00" ? theme.faint : change > 0 ? theme.up : theme.down;
    widgets::number(list, face, {corner.x + columns_.change, top}, colour, words);
}

bool PredictionRows::row(const PredictionChange& prediction, const char* what, bool marked) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const bool clicked = hit(prediction, what, height);
    if (marked)
        ImGui::GetWindowDrawList()->AddRectFilled(
            {corner.x - frame_.px(8), corner.y + frame_.px(3)},
            {corner.x - frame_.px(6), corner.y + frame_.px(height - 3)}, frame_.theme.blue,
            frame_.px(1));
    draw(prediction, corner);
    return clicked;
}

bool PredictionRows::row_with_detail(const PredictionChange& prediction, const char* what) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const bool clicked = hit(prediction, what, height + detail_height);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled({corner.x - frame_.px(8), corner.y + frame_.px(3)},
                        {corner.x - frame_.px(6), corner.y + frame_.px(height + detail_height - 3)},
                        frame_.theme.blue, frame_.px(1));
    draw(prediction, corner);
    const Standing& standing = shown(prediction);
    std::string detail = "rank " + shown_rank(standing.rank);
    if (with_change_ && prediction.without.rank != standing.rank)
        detail += ", was " + shown_rank(prediction.without.rank);
    detail += fmt::format(" · ln p {} · logit {}", shown_number(standing.log_probability, 2),
                          shown_number(standing.logit, 2));
    ImFont* small = frame_.fonts.small;
    widgets::clipped_text(list, small,
                          {corner.x, widgets::text_top(small, corner.y + frame_.px(height - 2),
                                                       frame_.px(detail_height))},
                          ImGui::GetContentRegionAvail().x, frame_.theme.muted, detail);
    return clicked;
}

bool PredictionRows::fallen(const PredictionChange& prediction, const char* what) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float wide = ImGui::GetContentRegionAvail().x, high = frame_.px(height);
    const bool clicked = hit(prediction, what, height);
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont *face = frame_.fonts.text, *small = frame_.fonts.small;
    const std::string ranks = fmt::format("rank {} → {}", shown_rank(prediction.without.rank),
                                          shown_rank(prediction.with_edits.rank));
    const float ranks_width = std::ceil(widgets::number_width(small, ranks));
    const std::string piece =
        (has_space_in_front(prediction.piece) ? "␣" : "") + visible_piece(prediction.piece);
    widgets::clipped_text(list, face, {corner.x, widgets::text_top(face, corner.y, high)},
                          wide - ranks_width - frame_.px(8), frame_.theme.muted, piece);
    widgets::number(list, small, {corner.x + wide, widgets::text_top(small, corner.y, high)},
                    frame_.theme.muted, ranks);
    return clicked;
}

void PredictionRows::guess(std::string piece, float probability) {
    PredictionChange row;
    row.piece = std::move(piece);
    row.with_edits.probability = row.without.probability = probability;
    draw(row, ImGui::GetCursorScreenPos());
    widgets::gap(frame_, height);
}

void PredictionRows::words(std::string_view text) {
    ImFont* face = frame_.fonts.small;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    widgets::clipped_text(ImGui::GetWindowDrawList(), face,
                          {corner.x, widgets::text_top(face, corner.y, frame_.px(height))},
                          ImGui::GetContentRegionAvail().x, frame_.theme.faint, text);
    widgets::gap(frame_, height);
}

}  // namespace fovea::app
