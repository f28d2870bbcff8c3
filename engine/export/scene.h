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
};

struct SceneLine {
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    Colour colour = {};
    double width = 1;
};

/// Pixels stretched over a rectangle, with hard edges between them.
struct SceneImage {
    double x = 0, y = 0, width = 0, height = 0;
    Index rows = 0, columns = 0;
    std::vector<Colour> pixels;  // [rows, columns]
};

using SceneItem = std::variant<SceneText, SceneRectangle, SceneLine, SceneImage>;

struct Scene {
    double width = 0, height = 0;
    Colour background = {255, 255, 255};
    std::string title;  ///< for the file's properties
    std::vector<SceneItem> items;

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
