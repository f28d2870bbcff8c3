#include "engine/figure/value_colours.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fovea {

ValueExtent ValueExtent::none() {
    constexpr double most = std::numeric_limits<double>::infinity();
    return {most, -most};
}

void ValueExtent::take(double value) {
    if (!std::isfinite(value)) return;
    smallest = std::min(smallest, value);
    largest = std::max(largest, value);
}

ValueColours value_colours(const finding::ValueAxis& value, std::span<const float> values) {
    ValueExtent extent = ValueExtent::none();
    for (const float one : values)
        extent.take(static_cast<double>(one));
    return {number_axis(value, extent.smallest, extent.largest, false), value.is_signed,
            with_unit(value.title, value.unit)};
}

Colour ValueColours::operator()(const FigureLook& look, double value) const {
    if (std::isnan(value)) return look.theme.hidden;
    const double share = axis.clamped_share(value);
    return is_signed ? signed_colour(look.theme, 2 * share - 1) : colour_at(look.map, share);
}

double draw_colour_bar(Canvas& canvas, const ValueColours& colours, double x, double y,
                       double width, bool hatched) {
    constexpr double height = 8, gap = 8, line_height = 15, least_length = 90;
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const double right = x + width, title = canvas.width(colours.title, muted);
    const bool in_line = title + gap + least_length <= width;
    canvas.write(x, y + height / 2, colours.title, muted, Anchor::start, width);
    if (title > 0 && in_line) x = std::ceil(x + title + gap);
    if (title > 0 && !in_line) y += line_height;
    const double middle = y + height / 2;
    const double length = std::floor(std::min(160.0, right - x - 16));
    if (length < 24) return y + height + 4;
    // Each step reaches on to the end, under those after it: no seams.
    constexpr int steps = 64;
    for (int i = 0; i < steps; ++i) {
        const double from = length * i / steps, share = (i + 0.5) / steps;
        canvas.fill({x + from, y, length - from, height},
                    colours.is_signed ? signed_colour(canvas.theme, 2 * share - 1)
                                      : colour_at(canvas.look.map, share));
    }
    double used = -no_limit;
    for (const AxisTick& tick : colours.axis.ticks(static_cast<int>(length / 40) + 1)) {
        const double at = std::round(x + tick.share * length),
                     text = canvas.width(tick.label, muted);
        if (at - text / 2 < used + 4) continue;
        canvas.line(std::min(at, x + length - 1), y + height, std::min(at, x + length - 1),
                    y + height + 3, canvas.theme.faint);
        canvas.write(at, y + height + 10, tick.label, muted, Anchor::middle);
        used = at + text / 2;
    }
    if (hatched) {
        const double swatch = std::max(x + length, used) + 2 * gap;
        if (swatch + 60 < right) {
            canvas.hatch({swatch, y - 1, 10, 10});
            canvas.write(swatch + 16, middle, "nothing there", muted, Anchor::start,
                         right - swatch - 16);
        }
    }
    return y + height + 17;
}

}  // namespace fovea
