#pragma once

#include "engine/figure/canvas.h"

namespace fovea {

/// Labels of places that follow one another, as many as fit without touching; what is too long
/// ends in an ellipsis.

/// One below another, at the left of what they name.
struct LeftLabels {
    double width = 0;  ///< with the air behind them
    Index stride = 1;
    Index first = 0;  ///< numbers that are left out are the odd ones: 0, 5, 10, …
    double size = 0;  ///< of the letters
};
LeftLabels left_labels(Canvas& canvas, const std::vector<std::string>& labels, double pitch,
                       double most);
void draw_left_labels(Canvas& canvas, const LeftLabels& layout,
                      const std::vector<std::string>& labels, double x, double y, double pitch);

/// Side by side, above or below what they name.
struct RowLabels {
    double height = 0;
    double limit = no_limit;  ///< of each
    Index stride = 1;
    Index first = 0;
    double size = 0;
    bool upright = false;  ///< read from below
};
RowLabels row_labels(Canvas& canvas, const std::vector<std::string>& labels, double pitch);
/// Their lower edge is `bottom`. Upright ones stand on it; `hanging`: they end at the top.
void draw_row_labels(Canvas& canvas, const RowLabels& layout,
                     const std::vector<std::string>& labels, double x, double bottom, double pitch,
                     bool hanging = false);

}  // namespace fovea
