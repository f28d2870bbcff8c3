#pragma once

#include <span>

#include "engine/figure/canvas.h"

namespace fovea {

/// From the numbers of a finding to colours, and the bar that explains them.
struct ValueColours {
    NumberAxis axis;
    bool is_signed = false;
    std::string title;     ///< with its unit
    bool falling = false;  ///< see ValueAxis::falling

    /// Of a place on the axis, from 0 to 1.
    Colour at(const FigureLook& look, double share) const;

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

/// What else the squares of a picture show that is to be explained beside its colours.
struct Signs {
    bool hatched = false;                ///< squares where nothing stands
    bool masked = false;                 ///< grey ones, that a mask hides
    bool changed = false;                ///< squares that edits changed
    std::vector<std::string> said = {};  ///< "␣ space"
};

/// The amber corner of a square that edits changed.
void draw_corner(Canvas& canvas, const SceneBox& square);

/// Title, colours and ticks in a line from (x, y), no wider than `width`, and the signs behind them
/// or below. Gives the y below.
double draw_colour_bar(Canvas& canvas, const ValueColours& colours, double x, double y,
                       double width, const Signs& signs);

}  // namespace fovea
