#pragma once

namespace fovea::app {

/// Where a row of the next-token table has its parts, in pixels from its left edge. None reaches
/// into another at any width: the bar gives way first, then the piece, which is clipped, and at
/// last the change.
struct PredictionColumns {
    float piece = 0;                    ///< the piece stands from 0 to here
    float bar_left = 0, bar_right = 0;  ///< the same where there is no room for a bar
    float probability = 0;              ///< right edge of the number
    float change = 0;                   ///< right edge of the number; 0 where there is no room
};

/// The widest number of each column, in pixels. The place of the change stays while it is empty.
struct PredictionNumbers {
    float probability = 0, change = 0;
};

/// `scale`: pixels for one design pixel.
PredictionColumns prediction_columns(float width, const PredictionNumbers& numbers, float scale);

}  // namespace fovea::app
