#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/figure/scene.h"
#include "engine/figure/text_measure.h"
#include "engine/figure/theme.h"
#include "engine/figure/value_scale.h"

namespace fovea {

/// How a figure of findings looks. The same on paper and in the window, whose unit is a design
/// pixel.
struct FigureLook {
    FigureTheme theme = figure_theme(false, ColourMapName::viridis);
    ColourMapName map = ColourMapName::viridis;
    double text = 13, small = 11, title = 15;  ///< sizes of letters
    double row = 18;                           ///< height of a line of a table
    double finest = 2;                         ///< pixels to the unit: images are made no finer
};
FigureLook figure_look(bool dark, ColourMapName map = ColourMapName::viridis);

inline constexpr double least_row = 13;  ///< of a table that can still be read
inline constexpr double no_limit = std::numeric_limits<double>::infinity();

/// What the painters of findings draw on: a scene, and what measures its text.
class Canvas {
  public:
    Canvas(Scene& scene, TextMeasure& ruler, const FigureLook& look)
        : scene(scene), ruler(ruler), look(look), theme(look.theme) {}

    Scene& scene;
    TextMeasure& ruler;
    const FigureLook& look;
    const FigureTheme& theme;
    Index finding = 0;      ///< whose elements are drawn
    std::string_view said;  ///< its title, which already stands above it
    /// There is only so much height: legends take one line, and what is said elsewhere goes.
    bool fitting = false;
    /// How much of its liking everything has of that height: 1, all; 0, what can just be read.
    double ease = 1;
    /// How high squares without texts may be together: as high as what stands beside them.
    double highest = 440;
    /// Of rows that it will share with what stands before it; 0: none.
    double shared_pitch = 0;

    /// A length that gives way where there is little room: whole units.
    double length(double least, double natural) const {
        return ease >= 1 ? natural : least + std::floor(ease * (natural - least));
    }
    /// The height of a line of a table, and its letters.
    double row() const { return length(least_row, look.row); }
    TextStyle text(const Colour& colour, bool bold = false) const {
        return {std::min(look.text, row() - 3), bold, colour};
    }
    TextStyle small(const Colour& colour) const { return {look.small, false, colour}; }
    /// Small letters that fit into a line of this height.
    TextStyle small(const Colour& colour, double line) const {
        return {std::clamp(line - 3, 8.0, look.small), false, colour};
    }
    /// The title of an axis, unless it is what stands above already.
    std::string unsaid(std::string text) const { return text == said ? std::string() : text; }
    double width(std::string_view text, const TextStyle& style) {
        return text.empty() ? 0 : ruler.width(text, style);
    }
    double widest(const std::vector<std::string>& texts, const TextStyle& style, double limit);

    /// One line, its letters centred on `middle`, cut with an ellipsis where it is wider than
    /// `limit`. Gives its width.
    double write(double x, double middle, std::string_view text, const TextStyle& style,
                 Anchor anchor = Anchor::start, double limit = no_limit);
    /// Read from below, along x = `middle`, beginning at y = `bottom`.
    void write_upright(double middle, double bottom, std::string_view text, const TextStyle& style,
                       double limit);

    void fill(const SceneBox& box, const Colour& colour);
    void line(double x1, double y1, double x2, double y2, const Colour& colour,
              bool dashed = false);
    /// Lines across: nothing stands there.
    void hatch(const SceneBox& box);

    void element(SceneElement::Of of, Index index, const SceneBox& box);
    void elements(SceneElement::Of of, const SceneBox& first, Index rows, Index columns);
};

/// How many places go by from one label to the next, so that each has `need`: 1, 2, 5, 10, …
Index label_stride(double pitch, double need);

/// A title with its unit: "divergence, nats".
std::string with_unit(const std::string& title, const std::string& unit);

}  // namespace fovea
