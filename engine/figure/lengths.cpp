#include "engine/figure/lengths.h"

#include <algorithm>
#include <cmath>

#include "engine/core/number_text.h"

namespace fovea {

std::string Lengths::text(double value) const {
    return number_text(value, decimals, is_signed);
}

Lengths lengths_of(const finding::ValueAxis& value, double smallest, double largest) {
    Lengths lengths;
    lengths.is_signed = value.is_signed;
    lengths.decimals = value.decimals;
    if (smallest > largest) smallest = largest = 0;
    lengths.axis.scale = value.scale;
    if (value.scale == finding::Scale::logarithmic) {
        lengths.axis = number_axis(value, smallest, largest, false);
        return lengths;
    }
    // The ends are the longest bars, not round numbers: there are no ticks, the numbers are there.
    lengths.axis.low = value.low.value_or(std::min(smallest, 0.0));
    lengths.axis.high = value.high.value_or(std::max(largest, 0.0));
    if (!(lengths.axis.high > lengths.axis.low)) lengths.axis.high = lengths.axis.low + 1;
    return lengths;
}

void draw_length(Canvas& canvas, const Lengths& lengths, double value, const SceneBox& box) {
    if (std::isnan(value)) return;
    const double zero = lengths.zero_share() * box.width;
    const double end = lengths.axis.clamped_share(value) * box.width;
    if (end == zero) return;
    double from = std::min(zero, end), length = std::abs(end - zero);
    if (length < 1) {
        if (end < zero) from = zero - 1;
        length = 1;
    }
    const bool has_sign = lengths.is_signed || lengths.axis.low < 0;
    canvas.fill({box.x + from, box.y, length, box.height},
                has_sign ? length_colour(canvas.theme, value) : canvas.theme.bar);
}

void draw_zero(Canvas& canvas, const Lengths& lengths, const SceneBox& column) {
    const double x = std::round(column.x + lengths.zero_share() * column.width);
    canvas.line(x, column.y, x, column.y + column.height, canvas.theme.line);
}

}  // namespace fovea
