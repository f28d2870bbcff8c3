#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/panels/panel.h"
#include "engine/analysis/findings.h"

namespace fovea::app {

/// The matrix in view whose squares have a ranking behind them; null: the answer in view has none.
const finding::Matrix* ranked_squares(const Frame& frame);

/// The square that is pointed at in the figure, from frame to frame; nullopt: none is.
void point_at_square(Frame& frame, std::optional<StateOf> square);

/// The state after the chosen layer, at the chosen token, else where is predicted.
StateOf chosen_square(const Frame& frame);

/// The square in view: the one pointed at, else the chosen one.
struct SquareInView {
    const finding::Matrix* matrix = nullptr;
    Index row = 0, column = 0;
    StateOf of;
};
std::optional<SquareInView> square_in_view(const Frame& frame);

/// Of every token of the row in view, how likely its best guess is; empty where the answer in view
/// does not tell it of all tokens.
struct RowSureness {
    Index state = 0;
    std::vector<float> values;
};
RowSureness sureness_of_row(const Frame& frame);

}  // namespace fovea::app
