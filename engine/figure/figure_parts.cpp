#include "engine/figure/figure_parts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/utf8.h"
#include "engine/figure/canvas.h"

namespace fovea {
namespace {

constexpr double largest_letters = 11;
constexpr double smallest_letters = 7.5;
constexpr double label_line_spacing =
    1.2;  // of the letters' size, between labels that do not touch
constexpr double widest_label = 120;
constexpr double gap_cell = 6;  // cells from this size on stand apart and are single rectangles

// Chinese, Japanese and Korean letters stand upright where the line of text does not.
bool is_ideographic(std::string_view label) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(label[i]); };
    for (size_t i = 0; i < label.size(); ++i) {
        if (text::is_continuation(label[i])) continue;
        const bool wide = (byte(i) >= 0xE3 && byte(i) <= 0xED) ||    // U+3000 to U+DFFF
                          (byte(i) == 0xEF && byte(i + 1) >= 0xBC);  // full-width forms
        if (!wide) return false;
    }
    return !label.empty();
}

// A line of a heading breaks behind a dot, never before it.
std::string bound_dots(std::string text) {
    for (size_t at = 0; (at = text.find(" · ", at)) != std::string::npos;)
        text.replace(at, 1, "\u00A0");
    return text;
}

Colour cell_colour(const Figure& figure, const HeadPicture& picture, Index row, Index column) {
    switch (picture.state(row, column)) {
        case CellState::value:
            return figure.scale.colour(picture.values.at(row, column));
        case CellState::not_finite:
            return figure.theme.warning;
        default:
            return figure.theme.hidden;
    }
}

// A stroke across a hidden cell that an edit hid, a cross over one that is not a number.
void draw_mark(Figure& figure, CellState state, double x, double y, double size) {
    const double inset = size / 4;
    if (state == CellState::painted)
        figure.scene.add(SceneLine{x + inset, y + inset, x + size - inset, y + size - inset,
                                   figure.theme.amber, 1});
    if (state == CellState::not_finite) {
        figure.scene.add(SceneLine{x + inset, y + inset, x + size - inset, y + size - inset,
                                   figure.theme.background, 1});
        figure.scene.add(SceneLine{x + inset, y + size - inset, x + size - inset, y + inset,
                                   figure.theme.background, 1});
    }
}

}  // namespace

double draw_heading(Figure& figure, const std::vector<HeadingLine>& lines, double width,
                    double& used) {
    double y = figure_margin;
    for (const HeadingLine& heading : lines) {
        for (const std::string& line :
             figure.ruler.wrapped(bound_dots(heading.text), heading.style, width)) {
            const double height = std::round(1.45 * heading.style.size);
            figure.scene.add(SceneText{figure_margin,
                                       centred_baseline(y + height / 2, heading.style.size), line,
                                       heading.style, Anchor::start, 0});
            used = std::max(used, figure.ruler.width(line, heading.style));
            y += height;
        }
    }
    return y;
}

double Axis::widest() const {
    return widths.empty() ? 0 : *std::max_element(widths.begin(), widths.end());
}

double Axis::height_on_top() const {
    if (angle == 0) return 1.5 * size;
    const double slant = angle * std::numbers::pi / 180;
    return widest() * std::sin(slant) + size * std::cos(slant) + 4;
}

double Axis::overhang(Index count) const {
    double most = 0;
    const double slant = angle * std::numbers::pi / 180;
    for (size_t i = 0; i < widths.size(); ++i) {
        const double start = (static_cast<double>(static_cast<Index>(i) * step) + 0.5) * cell;
        const double reach =
            angle == 0 ? widths[i] / 2 : widths[i] * std::cos(slant) + size * std::sin(slant) / 2;
        most = std::max(most, start + reach - static_cast<double>(count) * cell);
    }
    return std::ceil(most);
}

Axis make_axis(Figure& figure, const std::vector<std::string>& labels, double cell) {
    Axis axis;
    axis.cell = cell;
    axis.size = std::clamp(std::floor(1.6 * cell) / 2, smallest_letters, largest_letters);
    axis.step = label_stride(cell, label_line_spacing * axis.size);
    const TextStyle style = figure.style(axis.size, figure.theme.text);
    for (size_t i = 0; i < labels.size(); i += static_cast<size_t>(axis.step)) {
        // Where some are left out, each says which it is.
        const std::string text = axis.step > 1 ? fmt::format("{}  {}", labels[i], i) : labels[i];
        axis.labels.push_back(figure.ruler.shortened(text, style, widest_label));
        axis.widths.push_back(figure.ruler.width(axis.labels.back(), style));
    }
    const double pitch = cell * static_cast<double>(axis.step);
    const bool level = axis.widest() <= pitch - 6;
    const bool slanted = pitch * std::numbers::sqrt2 / 2 >= label_line_spacing * axis.size;
    const bool upright = std::any_of(axis.labels.begin(), axis.labels.end(), is_ideographic);
    axis.angle = level ? 0 : slanted && axis.step == 1 && !upright ? 45 : 90;
    return axis;
}

void draw_left_axis(Figure& figure, const Axis& axis, double right, double top,
                    const std::vector<bool>& marked) {
    for (size_t i = 0; i < axis.labels.size(); ++i) {
        const size_t cell = i * static_cast<size_t>(axis.step);
        const double y = top + (static_cast<double>(cell) + 0.5) * axis.cell;
        const bool amber = cell < marked.size() && marked[cell];
        figure.scene.add(
            SceneText{right - 6, centred_baseline(y, axis.size), axis.labels[i],
                      figure.style(axis.size, amber ? figure.theme.amber : figure.theme.text),
                      Anchor::end, 0});
        if (axis.step > 1)
            figure.scene.add(SceneLine{right - 4, y, right - 1, y, figure.theme.faint, 0.5});
    }
}

void draw_top_axis(Figure& figure, const Axis& axis, double left, double bottom) {
    const double slant = axis.angle * std::numbers::pi / 180;
    for (size_t i = 0; i < axis.labels.size(); ++i) {
        const auto cell = static_cast<double>(i * static_cast<size_t>(axis.step));
        const double middle = left + (cell + 0.5) * axis.cell;
        const TextStyle style = figure.style(axis.size, figure.theme.text);
        const bool fits = axis.widths[i] <= axis.cell * static_cast<double>(axis.step) - 1;
        if (axis.angle == 0 || (axis.angle == 90 && fits && is_ideographic(axis.labels[i]))) {
            figure.scene.add(
                SceneText{middle, bottom - 6, axis.labels[i], style, Anchor::middle, 0});
            continue;
        }
        // The middle of the letters, not their baseline, points at the middle of the column.
        const double lift = 0.36 * axis.size;
        figure.scene.add(SceneText{middle + lift * std::sin(slant),
                                   bottom - 6 + lift * std::cos(slant), axis.labels[i], style,
                                   Anchor::start, axis.angle});
        if (axis.step > 1)
            figure.scene.add(
                SceneLine{middle, bottom - 4, middle, bottom - 1, figure.theme.faint, 0.5});
    }
}

void draw_cells(Figure& figure, const HeadPicture& picture, double x, double y, double cell) {
    const Index rows = picture.rows(), columns = picture.columns();
    if (cell < gap_cell) {
        SceneImage image{
            x,       y, static_cast<double>(columns) * cell, static_cast<double>(rows) * cell, rows,
            columns, {}};
        image.pixels.reserve(static_cast<size_t>(rows * columns));
        for (Index row = 0; row < rows; ++row)
            for (Index column = 0; column < columns; ++column)
                image.pixels.push_back(cell_colour(figure, picture, row, column));
        figure.scene.add(std::move(image));
        return;
    }
    const double gap = cell < 12 ? 0.5 : 1;
    for (Index row = 0; row < rows; ++row)
        for (Index column = 0; column < columns; ++column) {
            const double left = x + static_cast<double>(column) * cell;
            const double top = y + static_cast<double>(row) * cell;
            const double size = cell - gap;
            figure.scene.add(
                SceneRectangle{left, top, size, size, cell_colour(figure, picture, row, column)});
            draw_mark(figure, picture.state(row, column), left, top, size);
        }
}

double draw_scale_bar(Figure& figure, const ScaleBar& bar) {
    constexpr double width = 10, tick_size = 9.5;
    // Each step reaches down to the bottom, under those after it: no seams.
    constexpr int steps = 128;
    for (int i = 0; i < steps; ++i) {
        const double top = bar.height * i / steps;
        figure.scene.add(SceneRectangle{bar.x, bar.y + top, width, bar.height - top,
                                        colour_at(figure.scale.map, 1 - (i + 0.5) / steps)});
    }

    const TextStyle style = figure.style(tick_size, figure.theme.muted);
    double widest = 0;
    for (const auto& tick : figure.scale.ticks(static_cast<int>(bar.height / 36) + 1)) {
        const double y = bar.y + (1 - tick.share) * bar.height;
        figure.scene.add(
            SceneLine{bar.x + width, y, bar.x + width + 4, y, figure.theme.faint, 0.5});
        figure.scene.add(SceneText{bar.x + width + 7, centred_baseline(y, tick_size), tick.label,
                                   style, Anchor::start, 0});
        widest = std::max(widest, figure.ruler.width(tick.label, style));
    }
    const double x = std::ceil(bar.x + width + 7 + widest + 16);
    figure.scene.add(SceneText{x, bar.y + bar.height / 2, bar.caption,
                               figure.style(10, figure.theme.muted), Anchor::middle, 90});
    return x + 3;
}

double scale_bar_height(Figure& figure, const std::string& caption, double beside) {
    const double text = figure.ruler.width(caption, figure.style(10, figure.theme.muted));
    return std::ceil(std::max({text, 90.0, std::min(beside, 240.0)}));
}

double draw_legend(Figure& figure, const std::vector<HeadPicture>& pictures, double x, double y) {
    bool found[4] = {};
    bool silenced = false;
    for (const HeadPicture& picture : pictures) {
        for (CellState state : picture.states)
            found[static_cast<size_t>(state)] = true;
        silenced = silenced || picture.silenced;
    }
    constexpr double size = 10, swatch = 10;
    const TextStyle style = figure.style(size, figure.theme.muted);
    const double start = x;
    const auto entry = [&](const std::string& text) {
        figure.scene.add(SceneText{x + swatch + 6, centred_baseline(y + swatch / 2, size), text,
                                   style, Anchor::start, 0});
        x = std::ceil(x + swatch + 6 + figure.ruler.width(text, style) + 16);
    };
    const auto state_entry = [&](CellState state, const Colour& colour, const char* text) {
        if (!found[static_cast<size_t>(state)]) return;
        figure.scene.add(SceneRectangle{x, y, swatch, swatch, colour});
        draw_mark(figure, state, x, y, swatch);
        entry(text);
    };
    state_entry(CellState::hidden, figure.theme.hidden, "hidden by the mask");
    state_entry(CellState::painted, figure.theme.hidden, "hidden by an edit");
    state_entry(CellState::not_finite, figure.theme.warning, "not a finite number");
    if (silenced && pictures.size() > 1) {
        figure.scene.frame({x, y, swatch, swatch, figure.theme.amber}, 1);
        entry("silenced");
    }
    return x > start ? y + swatch : y;
}

}  // namespace fovea
