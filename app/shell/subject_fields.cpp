#include "app/shell/subject_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/panel_parts.h"
#include "app/panels/prediction_rows.h"
#include "app/shell/application.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

// Design pixels.
constexpr float letter_room = 18, least_text = 260;

/// Only the other sentence can be closed.
float cross_room(const Frame& frame, const SubjectMarks& marks) {
    return marks.letter == 'B' ? frame.px(PromptField::cross_room) : 0;
}

}  // namespace

std::string guess_in_words(const Reading& reading, bool with_edits) {
    const auto standing = [&](const PredictionChange& row) -> const Standing& {
        return with_edits ? row.with_edits : row.without;
    };
    const auto best = std::min_element(
        reading.predictions.begin(), reading.predictions.end(),
        [&](const auto& a, const auto& b) { return standing(a).rank < standing(b).rank; });
    if (best == reading.predictions.end()) {
        const size_t tokens = reading.tokens.size();
        return tokens == 1 ? "1 token" : fmt::format("{} tokens", tokens);
    }
    const Model& model = *reading.request.model->model;
    // Of what the model itself has written as the target, the end is no guess.
    if (reading.target_written) return "→ " + reading.target_text;
    const auto& labels = reading.query_labels(model.main_part());
    const Index last = std::ssize(labels) - 1;
    const Index at = reading.prediction_position.value_or(last);
    // Elsewhere in the sentence, where a token was chosen, it says where.
    const std::string where = !model.predicts_next() ? "here"
                              : at >= last           ? "next"
                                                     : "after " + quoted_token(labels, at);
    return fmt::format("{} {} {}", where, visible_piece(best->piece),
                       shown_number(standing(*best).probability, 2));
}

SubjectMarks first_marks(const Application& application, const Frame& frame) {
    SubjectMarks marks{.letter = 'A'};
    if (!frame.reading) return marks;
    marks.says = guess_in_words(*frame.reading, frame.document.edits_enabled);
    marks.is_old = application.stale();
    return marks;
}

SubjectMarks other_marks(const Application& application) {
    SubjectMarks marks{.letter = 'B'};
    const OtherSubject& other = application.other();
    marks.is_old = other.stale();
    if (!other.error().empty()) {
        marks.says = other.error();
        marks.is_error = true;
    } else if (other.reading() && !other.reading()->warning.empty()) {
        marks.says = other.reading()->warning;
        marks.is_error = true;
    } else if (other.reading()) {
        marks.says = guess_in_words(*other.reading(), false);
        if (const Index cut = other.reading()->tokens_cut; cut > 0)
            marks.says = fmt::format(
                "{} not read · {}",
                cut == 1 ? "the last token was" : fmt::format("the last {} tokens were", cut),
                marks.says);
    }
    return marks;
}

PromptField other_field(const Application& application) {
    PromptField field{.id = "against",
                      .text = *application.document().against,
                      .placeholder = "Type a sentence to hold against A"};
    const Reading* reading = application.other().reading().get();
    if (reading && reading->cut_at && reading->request.text == field.text)
        field.cut = *reading->cut_at;
    return field;
}

void make_room(const Frame& frame, const SubjectMarks& marks, float width, PromptField& field) {
    field.left_room = frame.px(letter_room);
    field.right_room = cross_room(frame, marks);
    const float spare = width - field.left_room - field.right_room - frame.px(least_text);
    const float words = std::ceil(widgets::text_size(frame.fonts.small, marks.says).x);
    if (words > 0 && spare > frame.px(60))
        field.right_room += std::min(words + frame.px(12), spare);
}

void draw_marks(Frame& frame, const SubjectMarks& marks, const PromptField& field, ImVec2 min,
                ImVec2 max) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float height = frame.px(PromptField::line_height);
    const char letter[] = {marks.letter, '\0'};
    ImGui::SetCursorScreenPos(min);
    const bool other = marks.letter == 'B';
    const widgets::Hit hit = widgets::hit(
        frame, other ? "letter B" : "letter A", {frame.px(letter_room + 10), height},
        other ? "B\nread as the model is: the edits act on A\nClick: swap A and B · Ctrl+Shift+K"
              : "A\nthe sentence in view: all panels show it, and the edits act on it\n"
                "Click: swap A and B · Ctrl+Shift+K");
    ImFont* face = frame.fonts.text;
    widgets::text(list, face, {min.x + frame.px(12), widgets::text_top(face, min.y, height)},
                  hit.hovered ? frame.theme.text : frame.theme.muted, letter);
    if (hit.clicked) frame.swap_subjects();

    const float end = cross_room(frame, marks);
    if (other && draw_field_cross(frame, "close B", "Sentence A alone\nCtrl+K", min, max))
        frame.turn_against();
    const float right = max.x - std::max(end, frame.px(12));
    const float room = field.right_room - end - frame.px(12);
    if (room <= 0 || marks.says.empty()) return;
    ImFont* small = frame.fonts.small;
    const float wide = std::min(room, std::ceil(widgets::text_size(small, marks.says).x));
    const ImVec2 corner{std::floor(right - wide), widgets::text_top(small, min.y, height)};
    widgets::clipped_text(list, small, corner, wide + 1,
                          marks.is_error ? frame.theme.down
                          : marks.is_old ? frame.theme.faint
                                         : frame.theme.muted,
                          marks.says);
    if (!marks.is_error) return;
    ImGui::SetCursorScreenPos({corner.x, min.y});
    widgets::hit(frame, "error of B", {wide, height}, marks.says);
}

}  // namespace fovea::app
