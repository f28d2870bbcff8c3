#pragma once

#include <string>
#include <vector>

#include "engine/figure/head_picture.h"
#include "engine/figure/heads_scale.h"
#include "engine/figure/scene.h"
#include "engine/figure/text_ruler.h"
#include "engine/figure/theme.h"

namespace fovea {

/// What the parts of a figure are drawn with.
struct Figure {
    Scene scene;
    TextRuler ruler;
    FigureTheme theme;
    ValueScale scale;

    TextStyle style(double size, const Colour& colour, bool bold = false) const {
        return {size, bold, colour};
    }
};

inline constexpr double figure_margin = 24;

/// Puts the baseline of text of this size so that its letters are centred on `middle`.
inline double centred_baseline(double middle, double size) {
    return middle + 0.36 * size;
}

/// One line of the heading.
struct HeadingLine {
    std::string text;
    TextStyle style;
};
/// Draws the lines from (margin, margin), each wrapped to `width`. Gives the y below them, and
/// widens `used` to the widest.
double draw_heading(Figure& figure, const std::vector<HeadingLine>& lines, double width,
                    double& used);

/// Labels of one axis: as many as fit without touching.
struct Axis {
    std::vector<std::string> labels;  ///< of cells 0, step, 2 * step, …
    std::vector<double> widths;
    Index step = 1;
    double cell = 0;
    double size = 0;   ///< of the letters
    double angle = 0;  ///< of the labels on top: 0, 45 or 90 degrees

    double widest() const;
    double height_on_top() const;
    /// How far the slanted labels reach beyond an axis of `count` cells.
    double overhang(Index count) const;
};
Axis make_axis(Figure& figure, const std::vector<std::string>& labels, double cell);
void draw_left_axis(Figure& figure, const Axis& axis, double right, double top,
                    const std::vector<bool>& marked);
void draw_top_axis(Figure& figure, const Axis& axis, double left, double bottom);

/// One head's cells, `cell` units wide and high, from (x, y).
void draw_cells(Figure& figure, const HeadPicture& picture, double x, double y, double cell);

/// The colour scale with its ticks and, upright beside them, what it measures.
struct ScaleBar {
    double x, y, height;
    std::string caption;
};
/// Gives the x right of it.
double draw_scale_bar(Figure& figure, const ScaleBar& bar);
/// Tall enough for the caption.
double scale_bar_height(Figure& figure, const std::string& caption, double beside);

/// What cells without a colour of the scale mean, where there are such: one line from (x, y). Gives
/// the y below it.
double draw_legend(Figure& figure, const std::vector<HeadPicture>& pictures, double x, double y);

}  // namespace fovea
