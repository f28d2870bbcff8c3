#pragma once

#include "engine/figure/canvas.h"

namespace fovea {

/// Numbers as lengths from zero (from the lower end where zero is not on the axis), side by side
/// with the number itself.
struct Lengths {
    NumberAxis axis;
    bool is_signed = false;
    int decimals = 3;

    double zero_share() const { return axis.clamped_share(0); }
    std::string text(double value) const;
};

/// Zero lies inside, where the shortest bars leave it; the sides have one scale.
Lengths lengths_of(const finding::ValueAxis& value, double smallest, double largest);

/// A bar in a box whose width is the whole axis. What is not zero is at least a pixel wide.
void draw_length(Canvas& canvas, const Lengths& lengths, double value, const SceneBox& box);
/// Where zero is, from `top` to `bottom`.
void draw_zero(Canvas& canvas, const Lengths& lengths, const SceneBox& column);

}  // namespace fovea
