#include "app/panels/this_square.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/explanation.h"
#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/panels/prediction_rows.h"
#include "app/ui/widgets.h"
#include "engine/analysis/wording.h"
#include "engine/text/piece_label.h"

namespace fovea::app {
namespace {

struct PointedSquare {
    std::optional<StateOf> of;
};

std::optional<SquareInView> find_square(const finding::Matrix& matrix, const StateOf& of) {
    // Rows are states, from the embedding on; columns are tokens.
    const Index rows = matrix.values.extent(0), columns = matrix.values.extent(1);
    for (Index column = 0; column < columns; ++column) {
        const Referent& top = matrix.cells[static_cast<size_t>(column)];
        const auto* state = std::get_if<StateOf>(&top);
        if (!state || state->token != of.token) continue;
        const Index row = of.state - state->state;
        if (row < 0 || row >= rows) return std::nullopt;
        return SquareInView{&matrix, row, column, of};
    }
    return std::nullopt;
}

/// As predictions have it: a space in front is one.
std::string raw_piece(const std::string& name) {
    const std::string_view bare = without_space(name);
    return bare.size() == name.size() ? name : " " + std::string(bare);
}

/// "Mary rank 148 · before layer 23: 1,072"
void draw_rank(Frame& frame, const SquareInView& square) {
    const finding::Ranking& ranking = *square.matrix->ranking;
    const Index columns = square.matrix->values.extent(1);
    const auto rank = [&](Index row) {
        return shown_rank(ranking.ranks[static_cast<size_t>(row * columns + square.column)]);
    };
    std::string words = fmt::format(" rank {}", rank(square.row));
    if (square.row > 0)
        words += fmt::format(" · before layer {}: {}", square.of.state - 1, rank(square.row - 1));
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float high = frame.px(PredictionRows::height);
    const float name = widgets::text_size(frame.fonts.strong, ranking.followed).x;
    widgets::clipped_text(list, frame.fonts.strong,
                          {corner.x, widgets::text_top(frame.fonts.strong, corner.y, high)},
                          right - corner.x, frame.theme.text, ranking.followed);
    widgets::clipped_text(list, frame.fonts.text,
                          {corner.x + name, widgets::text_top(frame.fonts.text, corner.y, high)},
                          std::max(0.0f, right - corner.x - name), frame.theme.muted, words);
    widgets::gap(frame, PredictionRows::height);
}

void draw_this_square(Frame& frame) {
    const finding::Matrix* squares = ranked_squares(frame);
    const auto square = square_in_view(frame);
    if (!square) {
        widgets::heading(frame, "This square");
        // What stands below stays where it is.
        const Index rows = squares ? squares->ranking->each + 1 : 0;
        return widgets::gap(frame, static_cast<float>(rows) * PredictionRows::height);
    }
    widgets::heading(frame, "This square",
                     fmt::format("after {}, {}", wording::state(square->of.state),
                                 quoted_token(square->matrix->columns.labels, square->column)));
    const finding::Ranking& ranking = *square->matrix->ranking;
    PredictionRows lines(frame, false);
    const Index place = square->row * square->matrix->values.extent(1) + square->column;
    for (Index i = 0; i < ranking.each; ++i) {
        const auto at = static_cast<size_t>(place * ranking.each + i);
        lines.guess(raw_piece(ranking.names[static_cast<size_t>(ranking.which[at])]),
                    ranking.values[at]);
    }
    draw_rank(frame, *square);
}

}  // namespace

const finding::Matrix* ranked_squares(const Frame& frame) {
    if (!shows_explanation(frame.view) || !frame.reading) return nullptr;
    // An older answer stands until the next one has come, here as in the figure.
    const Explanation& it = frame.cache->of<Explanation>();
    if (!it.findings || !it.error.empty()) return nullptr;
    for (const Finding& finding : it.findings->findings)
        if (const auto* matrix = std::get_if<finding::Matrix>(&finding.kind))
            if (matrix->ranking) return matrix;
    return nullptr;
}

void point_at_square(Frame& frame, std::optional<StateOf> square) {
    auto& pointed = frame.cache->of<PointedSquare>().of;
    if (pointed == square) return;
    pointed = square;
    frame.draw_again();
}

StateOf chosen_square(const Frame& frame) {
    const Index last = std::max<Index>(0, frame.queries() - 1);
    const Index asked = frame.view.selected_query.value_or(
        frame.reading ? frame.reading->prediction_position.value_or(last) : last);
    return {chosen_head(frame).layer + 1, std::clamp<Index>(asked, 0, last)};
}

std::optional<SquareInView> square_in_view(const Frame& frame) {
    const finding::Matrix* matrix = ranked_squares(frame);
    if (!matrix || matrix->cells.empty()) return std::nullopt;
    if (const auto& pointed = frame.cache->of<PointedSquare>().of)
        if (auto square = find_square(*matrix, *pointed)) return square;
    StateOf chosen = chosen_square(frame);
    if (auto square = find_square(*matrix, chosen)) return square;
    // The token is newer than the answer.
    const auto* last =
        std::get_if<StateOf>(&matrix->cells[static_cast<size_t>(matrix->values.extent(1)) - 1]);
    if (!last) return std::nullopt;
    chosen.token = last->token;
    return find_square(*matrix, chosen);
}

RowSureness sureness_of_row(const Frame& frame) {
    const auto square = square_in_view(frame);
    if (!square || frame.part != Part::self) return {};
    const Explanation& it = frame.cache->of<Explanation>();
    const Index columns = square->matrix->values.extent(1);
    RowSureness& last = frame.cache->of<RowSureness>();
    // Of a sketch what stood there stands until the answer is whole.
    if (columns != it.answered.subjects.a->original->length())
        return it.answered == it.wanted ? RowSureness() : last;
    const finding::Ranking& ranking = *square->matrix->ranking;
    RowSureness sure{square->of.state, {}};
    for (Index column = 0; column < columns; ++column)
        sure.values.push_back(
            ranking.values[static_cast<size_t>((square->row * columns + column) * ranking.each)]);
    return last = std::move(sure);
}

Panel this_square_panel() {
    return {"this_square",
            "",
            Place::right,
            draw_this_square,
            [](const Frame& frame) { return ranked_squares(frame) != nullptr; },
            false};
}

}  // namespace fovea::app
