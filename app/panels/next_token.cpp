#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/panels/prediction_rows.h"
#include "app/panels/token_lookup.h"
#include "app/state/pins.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

/// Rows that the panels around stand closer for; rows that are left where that is not enough.
constexpr size_t usual_rows = 6, fewest_rows = 3, most_fallen = 4;
constexpr const char* no_head = "No language-model head";
constexpr const char* let_go = "Click: let it go";

/// What is compared: nothing where there are no edits or they are switched off.
bool compares(const Frame& frame) {
    return frame.document.edits_enabled && frame.reading->edited != nullptr;
}

void sentence(Frame& frame, std::string_view words) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float height = frame.px(PredictionRows::height);
    ImFont* face = frame.fonts.text;
    widgets::clipped_text(ImGui::GetWindowDrawList(), face,
                          {corner.x, widgets::text_top(face, corner.y, height)},
                          ImGui::GetContentRegionAvail().x, frame.theme.muted, words);
    widgets::gap(frame, PredictionRows::height);
}

using Rows = std::vector<const PredictionChange*>;

/// What the reading says of a token of the vocabulary; nullptr: not asked yet.
const PredictionChange* find(const Reading& reading, std::int32_t id) {
    for (const auto* rows :
         {&reading.watched, &reading.predictions, &reading.fallen, &reading.found})
        for (const PredictionChange& row : *rows)
            if (row.id == id) return &row;
    return nullptr;
}

/// The table in its order: with the edits, or the model's own.
Rows listed(const Reading& reading, bool with_edits) {
    Rows rows;
    for (const auto* some : {&reading.predictions, &reading.fallen})
        for (const PredictionChange& row : *some)
            rows.push_back(&row);
    const auto rank = [&](const PredictionChange* row) {
        return with_edits ? row->with_edits.rank : row->without.rank;
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    return rows;
}

void erase_ids(Rows& rows, const std::vector<std::int32_t>& ids) {
    std::erase_if(rows, [&](const PredictionChange* row) {
        return std::find(ids.begin(), ids.end(), row->id) != ids.end();
    });
}

/// Those that the model's own list of `count` rows has, and this one has not.
Rows fallen_from(const Rows& rows, Index count) {
    Rows fallen;
    for (const PredictionChange* row : rows)
        if (row->without.rank <= count && row->with_edits.rank > count) fallen.push_back(row);
    std::sort(fallen.begin(), fallen.end(),
              [](const auto* a, const auto* b) { return a->without.rank < b->without.rank; });
    return fallen;
}

/// Clicked rows are pinned, or let go, when all of them are drawn.
class Table {
  public:
    Table(Frame& frame, PredictionRows& rows) : frame_(frame), rows_(rows) {}

    void draw_pins(const std::vector<std::int32_t>& ids) {
        ImGui::PushID("pins");
        for (const std::int32_t id : ids)
            if (const PredictionChange* row = find(*frame_.reading, id))
                note(rows_.row_with_detail(*row, let_go), row);
        ImGui::PopID();
    }
    void draw_list(const Rows& rows, size_t count) {
        ImGui::PushID("list");
        for (size_t i = 0; i < std::min(count, rows.size()); ++i)
            note(rows_.row(*rows[i], PredictionRows::pins, false), rows[i]);
        ImGui::PopID();
    }
    void draw_fallen(const Rows& fallen) {
        if (fallen.empty()) return;
        const bool all = fallen.size() <= most_fallen;
        rows_.words(
            all ? "no longer among them"
                : fmt::format("no longer among them: {}, the likeliest before", fallen.size()));
        ImGui::PushID("fallen");
        for (size_t i = 0; i < std::min(most_fallen, fallen.size()); ++i)
            note(rows_.fallen(*fallen[i], PredictionRows::pins), fallen[i]);
        ImGui::PopID();
    }
    void pin_clicked() {
        if (clicked_) toggle_pin(frame_, *clicked_);
    }

  private:
    void note(bool clicked, const PredictionChange* row) {
        if (clicked) clicked_ = row;
    }
    Frame& frame_;
    PredictionRows& rows_;
    const PredictionChange* clicked_ = nullptr;
};

/// How many rows there is room for, without pushing what stands below out of the column.
size_t rows_with_room(const Frame& frame, size_t pins) {
    const float taken =
        lookup_height(frame) +
        static_cast<float>(pins) * (PredictionRows::height + PredictionRows::detail_height);
    const float spare = ImGui::GetContentRegionAvail().y - frame.column.below - frame.px(taken);
    const auto rows_in = [&](float height) {
        return static_cast<size_t>(std::max(0.0f, height / frame.px(PredictionRows::height)));
    };
    const size_t with_air = rows_in(spare - frame.column.given_air);
    if (with_air >= usual_rows) return with_air;
    return std::clamp(rows_in(spare + frame.column.spare_air), fewest_rows, usual_rows);
}

void draw_table(Frame& frame, bool with_change) {
    const Reading& reading = *frame.reading;
    PredictionRows rows(frame, with_change);
    Table table(frame, rows);
    const std::vector<std::int32_t> pins =
        pinned_ids(*reading.request.model, frame.view.pinned_tokens);
    Rows list = listed(reading, with_change);
    const size_t room = rows_with_room(frame, pins.size());
    const auto fallen_among = [&](size_t count) {
        Rows fallen = with_change ? fallen_from(list, static_cast<Index>(count)) : Rows();
        erase_ids(fallen, pins);
        return fallen;
    };
    // What fell out takes the room of rows; that they are fewer lets more fall out.
    const size_t most = static_cast<size_t>(reading.request.prediction_count);
    size_t count = std::min(room, most);
    if (const size_t fell = fallen_among(count).size(); fell > 0)
        count = std::clamp(room - std::min(room, 1 + std::min(fell, most_fallen)),
                           std::min(usual_rows, count), count);
    const Rows fallen = fallen_among(count);
    std::erase_if(list, [&](const PredictionChange* row) {
        return rows.shown(*row).rank > static_cast<Index>(count);
    });
    erase_ids(list, pins);

    table.draw_pins(pins);
    table.draw_list(list, count);
    table.draw_fallen(fallen);
    draw_lookup(frame, rows);
    table.pin_clicked();
}

/// Before there is anything to predict: as high as with it, so that nothing jumps.
void draw_empty(Frame& frame) {
    const bool fills = frame.model && !frame.model->predicts_next();
    const bool has_head = frame.model && frame.model->has_language_head();
    widgets::heading(frame, fills && has_head ? "Mask token" : "Next token");
    if (frame.model && !has_head) return sentence(frame, no_head);
    if (fills || !frame.model) return widgets::gap(frame, PredictionRows::height);
    const size_t pins = frame.view.pinned_tokens.size();
    const auto rows = static_cast<float>(
        std::min(rows_with_room(frame, pins), static_cast<size_t>(most_predictions)));
    widgets::gap(frame, rows * PredictionRows::height +
                            static_cast<float>(pins) *
                                (PredictionRows::height + PredictionRows::detail_height));
    widgets::gap(frame, lookup_height(frame));
}

void draw_next_token(Frame& frame) {
    const Reading* reading = frame.reading.get();
    if (!reading) {
        draw_empty(frame);
        return;
    }
    const Model& model = *reading->request.model->model;
    const bool fills = !model.predicts_next();
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
        sentence(frame, no_head);
    } else if (reading->predictions.empty()) {
        sentence(frame, fills ? "Type [MASK]: this model fills it in" : "No prediction here");
    } else {
        draw_table(frame, with_change);
    }
}

}  // namespace

Panel next_token_panel() {
    return {"next_token", "", Place::right, draw_next_token};
}

}  // namespace fovea::app
