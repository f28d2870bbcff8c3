#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/core/colour_map.h"
#include "engine/core/tensor.h"

namespace fovea {

/// A picture before it is PNG, SVG or PDF: flat shapes and text in units of 1/72 inch, x to the
/// right, y downwards, drawn in order.

enum class Anchor { start, middle, end };

struct TextStyle {
    double size = 11;
    bool bold = false;
    Colour colour = {};
};

struct SceneText {
    double x = 0;  ///< of the anchor
    double y = 0;  ///< of the baseline
    std::string text;
    TextStyle style;
    Anchor anchor = Anchor::start;
    double angle = 0;  ///< degrees, against the clock, about (x, y)
};

struct SceneRectangle {
    double x = 0, y = 0, width = 0, height = 0;
    Colour colour = {};
    double opacity = 1;
    double radius = 0;  ///< of its corners
};

struct SceneLine {
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    Colour colour = {};
    double width = 1;
    bool dashed = false;
};

struct ScenePoint {
    double x = 0, y = 0;
};

/// Straight pieces from point to point.
struct ScenePath {
    std::vector<ScenePoint> points;
    Colour colour = {};
    double width = 1;
    bool dashed = false;
};
inline constexpr double dash_length = 3;  ///< and of the gap behind it

struct SceneCircle {
    double x = 0, y = 0, radius = 0;
    Colour colour = {};
};

/// Pixels stretched over a rectangle, with hard edges between them.
struct SceneImage {
    double x = 0, y = 0, width = 0, height = 0;
    Index rows = 0, columns = 0;
    std::vector<Colour> pixels;  // [rows, columns]
};

using SceneItem =
    std::variant<SceneText, SceneRectangle, SceneLine, ScenePath, SceneCircle, SceneImage>;

/// What of a finding stands at a place of a scene (engine/figure/links.h says what it means).
struct SceneElement {
    enum class Of {
        number,  ///< a square, a bar, a point, a token, a node, a row of a table
        row,     ///< a matrix' row; a series' line
        column,  ///< a matrix' column; a series' place
        cell,    ///< of a table, where it stands for something else than its row
    };
    Index finding = 0;  ///< place in Findings::findings
    Of of = Of::number;
    Index index = 0;  ///< a square's and a cell's is row * columns + column
    bool operator==(const SceneElement&) const = default;
};

struct SceneBox {
    double x = 0, y = 0, width = 0, height = 0;
};

/// Elements side by side: `rows` of `columns` boxes of one size, counted along rows.
struct SceneElements {
    SceneElement first;
    SceneBox first_box;
    Index rows = 1, columns = 1;
    /// Of each row's first element to that of the next.
    Index row_stride = 1;
};

/// Where a line of a series runs: one point a place (two where it is a staircase), NaN in gaps.
struct SceneCurve {
    Index finding = 0, line = 0;
    std::vector<ScenePoint> points;
};

struct Scene {
    double width = 0, height = 0;
    Colour background = {255, 255, 255};
    std::string title;  ///< for the file's properties
    std::vector<SceneItem> items;
    std::vector<SceneElements> elements;  ///< later ones lie above earlier ones
    std::vector<SceneCurve> curves;

    template <class Item>
    void add(Item item) {
        items.emplace_back(std::move(item));
    }
    /// The outline of a rectangle, inside it.
    void frame(const SceneRectangle& box, double line_width);
};

/// The typefaces asked for, in CSS's form; every script that they lack comes from the system.
inline constexpr const char* scene_font_family = "Inter, Noto Sans, DejaVu Sans, sans-serif";

}  // namespace fovea
