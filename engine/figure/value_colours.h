#pragma once

#include <span>

#include "engine/figure/canvas.h"

namespace fovea {

/// From the numbers of a finding to colours, and the bar that explains them.
struct ValueColours {
    NumberAxis axis;
    bool is_signed = false;
    std::string title;  ///< with its unit

    /// NaN: the colour of what is hidden.
    Colour operator()(const FigureLook& look, double value) const;
};
ValueColours value_colours(const finding::ValueAxis& value, std::span<const float> values);

/// The smallest and the largest finite number; the first above the second where there is none.
struct ValueExtent {
    double smallest, largest;
    void take(double value);
    static ValueExtent none();
};

/// Title, colours and ticks in a line from (x, y), no wider than `width`; `hatched`: and what a
/// hatched square means. Gives the y below.
double draw_colour_bar(Canvas& canvas, const ValueColours& colours, double x, double y,
                       double width, bool hatched);

}  // namespace fovea
