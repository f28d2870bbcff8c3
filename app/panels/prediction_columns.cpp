#include "app/panels/prediction_columns.h"

#include <algorithm>
#include <cmath>

namespace fovea::app {

PredictionColumns prediction_columns(float width, const PredictionNumbers& numbers, float scale) {
    // Design pixels. A shorter bar says nothing; a shorter piece no word.
    constexpr float gap = 10, after_piece = 8, usual_piece = 78, usual_bar = 100;
    constexpr float shortest_bar = 16, shortest_piece = 24;
    const auto px = [&](float design) { return design * scale; };

    PredictionColumns columns;
    columns.change = columns.probability = width;
    const float with_change = numbers.change + px(gap);
    const float for_probability = numbers.probability + px(gap);
    if (width >= with_change + for_probability + px(shortest_piece))
        columns.probability = std::floor(width - with_change);
    else
        columns.change = 0;
    const float rest = std::max(0.0f, columns.probability - for_probability);

    columns.piece = columns.bar_left = columns.bar_right = std::floor(rest);
    if (rest < px(usual_piece + after_piece + shortest_bar)) return columns;
    const float spare = std::max(0.0f, rest - px(usual_piece + after_piece + usual_bar));
    columns.piece = std::floor(px(usual_piece) + spare * 0.5f);
    columns.bar_left = std::floor(columns.piece + px(after_piece));
    return columns;
}

}  // namespace fovea::app
