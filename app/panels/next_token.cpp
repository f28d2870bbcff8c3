#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/panels/prediction_columns.h"
#include "app/render/widgets.h"

namespace fovea::app {

namespace {

constexpr float row_height = 20;
constexpr size_t fewest_rows = 6;

/// Spaces and line ends as a person sees them.
std::string visible_piece(const std::string& piece) {
    std::string shown;
    for (char c : piece) {
        if (c == '\n')
            shown += "⏎";
        else if (c == '\t')
            shown += "⇥";
        else
            shown += c;
    }
    if (shown.find_first_not_of(' ') == std::string::npos) return shown.empty() ? "∅" : "␣";
    return std::string(bare_label(shown));
}

/// What is compared: nothing where there are no edits or they are switched off.
bool compares(const Frame& frame) {
    return frame.document.edits_enabled && frame.reading->edited != nullptr;
}

void sentence(Frame& frame, std::string_view words) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImFont* face = frame.fonts.text;
    widgets::clipped_text(ImGui::GetWindowDrawList(), face,
                          {corner.x, widgets::text_top(face, corner.y, frame.px(row_height))},
                          ImGui::GetContentRegionAvail().x, frame.theme.muted, words);
    widgets::gap(frame, row_height);
}

void draw_row(Frame& frame, const PredictionColumns& columns, const PredictionChange& prediction,
              bool with_change) {
    const Theme& theme = frame.theme;
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = frame.fonts.text;
    const float probability = with_change ? prediction.with_edits : prediction.without;
    const float change = prediction.with_edits - prediction.without;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = frame.px(row_height);
    std::string tip = fmt::format("“{}”\nid {} · probability {}", prediction.piece, prediction.id,
                                  shown_number(probability, 4));
    if (with_change)
        tip += fmt::format(" · without the edits {}", shown_number(prediction.without, 4));
    widgets::hit(frame, std::to_string(prediction.id).c_str(), {width, height}, tip);

    const float top = widgets::text_top(face, corner.y, height);
    widgets::clipped_text(list, face, {corner.x, top}, columns.piece, theme.text,
                          visible_piece(prediction.piece));
    if (columns.bar_right > columns.bar_left) {
        const float middle = std::round(corner.y + height / 2), half = frame.px(4);
        const float left = corner.x + columns.bar_left;
        const float bar =
            std::max(frame.px(2), std::round((columns.bar_right - columns.bar_left) * probability));
        list->AddRectFilled({left, middle - half}, {left + bar, middle + half}, theme.blue,
                            std::min(frame.px(2), bar / 2));
    }
    widgets::number(list, face, {corner.x + columns.probability, top}, theme.text,
                    shown_number(probability, 3));
    if (!with_change || columns.change == 0) return;
    const std::string shown = shown_change(change, 2);
    const ImU32 colour = shown == "0.00" ? theme.faint : change > 0 ? theme.up : theme.down;
    widgets::number(list, face, {corner.x + columns.change, top}, colour, shown);
}

void draw(Frame& frame) {
    const Reading* reading = frame.reading.get();
    if (!reading) {
        widgets::heading(frame, "Next token");
        return;
    }
    const Model& model = *reading->request.model->model;
    const bool fills = !model.causal();
    const bool with_change = compares(frame);
    std::string aside;
    if (model.has_language_head() && reading->prediction_position) {
        const Index position = *reading->prediction_position;
        const auto& labels = reading->query_labels(model.main_part());
        const bool usual = !fills && position + 1 == static_cast<Index>(labels.size());
        aside = usual ? "" : (fills ? "at " : "after ") + quoted_token(labels, position);
        if (with_change) aside += aside.empty() ? "with edits · change" : " · change";
        if (aside.empty()) aside = "after " + quoted_token(labels, position);
    }
    widgets::heading(frame, fills && model.has_language_head() ? "Mask token" : "Next token",
                     aside);
    if (!model.has_language_head()) {
        sentence(frame, "This model has no language-model head");
        return;
    }
    if (reading->predictions.empty()) {
        sentence(frame, fills ? "Type [MASK]: this model fills it in" : "No prediction here");
        return;
    }
    // More rows where the column has the room, without pushing what stands below out of it.
    constexpr float below = 130 + 75;  // the cell, the edits
    const float spare = ImGui::GetContentRegionAvail().y - frame.px(below);
    const size_t room = static_cast<size_t>(std::max(0.0f, spare / frame.px(row_height)));
    const size_t rows =
        std::min(reading->predictions.size(), std::clamp(room, fewest_rows, size_t{10}));
    const PredictionNumbers numbers{widgets::number_width(frame.fonts.text, "0.000"),
                                    widgets::number_width(frame.fonts.text, "+0.00")};
    const PredictionColumns columns =
        prediction_columns(ImGui::GetContentRegionAvail().x, numbers, frame.scale);
    for (size_t i = 0; i < rows; ++i)
        draw_row(frame, columns, reading->predictions[i], with_change);
}

}  // namespace

Panel next_token_panel() {
    return {"next_token", "", Place::right, MiddleView::map, draw};
}

}  // namespace fovea::app
