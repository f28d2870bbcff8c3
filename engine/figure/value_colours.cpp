#include "engine/figure/value_colours.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/core/number_text.h"

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
            with_unit(value.title, value.unit), value.falling};
}

Colour ValueColours::at(const FigureLook& look, double share) const {
    if (falling) share = 1 - share;
    return is_signed ? signed_colour(look.theme, 2 * share - 1) : colour_at(look.map, share);
}

Colour ValueColours::operator()(const FigureLook& look, double value) const {
    if (std::isnan(value)) return look.theme.hidden;
    return at(look, axis.clamped_share(value));
}

namespace {

constexpr double bar_height = 8, bar_gap = 8, sign_gap = 16;

void draw_colours(Canvas& canvas, const ValueColours& colours, double x, double y, double length) {
    // Each step reaches on to the end, under those after it: no seams.
    constexpr int steps = 64;
    for (int i = 0; i < steps; ++i) {
        const double from = length * i / steps;
        canvas.fill({x + from, y, length - from, bar_height},
                    colours.at(canvas.look, (i + 0.5) / steps));
    }
}

// What the title says beside its quantity.
std::string bar_title(const ValueColours& colours) {
    return colours.falling ? colours.title + ", bright: low" : colours.title;
}

// From x as many as fit, then in lines of their own, the first of them `below`. Gives the y of the
// last line's middle.
double draw_signs(Canvas& canvas, const Signs& signs, double left, double x, double middle,
                  double right, double below) {
    constexpr double swatch = 10, line = 15;
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const auto place = [&](double need) {
        if (x + need <= right || x <= left) return;
        x = left;
        middle += std::exchange(below, line);
    };
    const auto square = [&](const char* words, auto&& draw) {
        const double need = swatch + 6 + canvas.width(words, muted);
        place(need);
        draw(SceneBox{x, middle - swatch / 2, swatch, swatch});
        canvas.write(x + swatch + 6, middle, words, muted, Anchor::start, right - x - swatch - 6);
        x += need + sign_gap;
    };
    if (signs.hatched) square("nothing there", [&](const SceneBox& box) { canvas.hatch(box); });
    if (signs.masked)
        square("masked", [&](const SceneBox& box) { canvas.fill(box, canvas.theme.hidden); });
    if (signs.changed)
        square("changed by the edits", [&](const SceneBox& box) {
            canvas.fill(box, canvas.theme.hidden);
            draw_corner(canvas, box);
        });
    for (const std::string& words : signs.said) {
        place(canvas.width(words, muted));
        x += canvas.write(x, middle, words, muted, Anchor::start, right - x) + sign_gap;
    }
    return middle;
}

// One line: title, the lower end, colours, the upper end, signs.
double draw_low_bar(Canvas& canvas, const ValueColours& colours, double x, double y, double width,
                    const Signs& signs) {
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const double left = x, right = x + width, middle = y + bar_height / 2;
    const auto end = [&](double value) {
        for (const AxisTick& tick : colours.axis.ticks(5))
            if (std::abs(tick.value - value) <= 1e-9 * std::abs(value)) return tick.label;
        return number_text(value, std::abs(value) < 10 ? 1 : 0);
    };
    const std::string title = bar_title(colours), low = end(colours.axis.low),
                      high = end(colours.axis.high);
    const double text = canvas.width(low, muted) + canvas.width(high, muted) + 2 * bar_gap;
    double titled = title.empty() ? 0 : canvas.width(title, muted) + bar_gap;
    constexpr double least_length = 40;
    // Where there is no room for both, the colours go before their title.
    if (width - text - titled < least_length) titled = 0;
    const double length = std::floor(std::min(110.0, width - text - titled));
    if (length < least_length) return y;
    if (titled > 0) x += canvas.write(x, middle, title, muted) + bar_gap;
    x += canvas.write(x, middle, low, muted) + bar_gap;
    draw_colours(canvas, colours, std::round(x), y, length);
    x = std::round(x) + length + bar_gap;
    x += canvas.write(x, middle, high, muted) + sign_gap;
    return draw_signs(canvas, signs, left, x, middle, right, 15) + bar_height / 2 + 2;
}

}  // namespace

void draw_corner(Canvas& canvas, const SceneBox& square) {
    const double size = std::min({5.0, square.width / 2, square.height / 2});
    // A triangle out of lines: rectangles would look like a smaller square.
    for (double i = 0; i < size; ++i)
        canvas.fill({square.x + square.width - size + i, square.y + i, size - i, 1},
                    canvas.theme.amber);
}

double draw_colour_bar(Canvas& canvas, const ValueColours& colours, double x, double y,
                       double width, const Signs& signs) {
    if (canvas.fitting) return draw_low_bar(canvas, colours, x, y, width, signs);
    constexpr double line_height = 15, least_length = 90;
    const TextStyle muted = canvas.small(canvas.theme.muted);
    const std::string name = bar_title(colours);
    const double left = x, right = x + width, title = canvas.width(name, muted);
    const bool in_line = title + bar_gap + least_length <= width;
    canvas.write(x, y + bar_height / 2, name, muted, Anchor::start, width);
    if (title > 0 && in_line) x = std::ceil(x + title + bar_gap);
    if (title > 0 && !in_line) y += line_height;
    const double length = std::floor(std::min(160.0, right - x - 16));
    if (length < 24) return y + bar_height + 4;
    draw_colours(canvas, colours, x, y, length);
    double used = -no_limit;
    for (const AxisTick& tick : colours.axis.ticks(static_cast<int>(length / 40) + 1)) {
        const double at = std::round(x + tick.share * length),
                     text = canvas.width(tick.label, muted);
        if (at - text / 2 < used + 4) continue;
        canvas.line(std::min(at, x + length - 1), y + bar_height, std::min(at, x + length - 1),
                    y + bar_height + 3, canvas.theme.faint);
        canvas.write(at, y + bar_height + 10, tick.label, muted, Anchor::middle);
        used = at + text / 2;
    }
    const double bottom = y + bar_height + 17;
    const double middle = y + bar_height / 2;
    const double last = draw_signs(canvas, signs, left, std::max(x + length, used) + 2 * bar_gap,
                                   middle, right, bar_height + 18);
    return last > middle ? last + bar_height + 2 : bottom;
}

}  // namespace fovea
