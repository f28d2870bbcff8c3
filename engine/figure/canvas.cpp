#include "engine/figure/canvas.h"

#include <algorithm>
#include <cmath>

#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

// From the middle of small letters and digits down to their baseline, of the letters' size.
constexpr double half_height = 0.36;

}  // namespace

FigureLook figure_look(bool dark, ColourMapName map) {
    FigureLook look;
    look.theme = figure_theme(dark, map);
    look.map = map;
    return look;
}

double Canvas::widest(const std::vector<std::string>& texts, const TextStyle& style, double limit) {
    double most = 0;
    for (const std::string& text : texts) {
        most = std::max(most, width(text, style));
        if (most >= limit) return limit;
    }
    return most;
}

double Canvas::write(double x, double middle, std::string_view text, const TextStyle& style,
                     Anchor anchor, double limit) {
    if (text.empty()) return 0;
    std::string line = visible_text(text);
    double width = ruler.width(line, style);
    if (width > limit) {
        if (limit < style.size) return 0;  // an ellipsis alone says nothing
        line = ruler.shortened(line, style, limit);
        width = ruler.width(line, style);
    }
    scene.add(SceneText{x, middle + half_height * style.size, std::move(line), style, anchor, 0});
    return width;
}

void Canvas::write_upright(double middle, double bottom, std::string_view text,
                           const TextStyle& style, double limit) {
    scene.add(SceneText{middle + half_height * style.size, bottom,
                        ruler.shortened(visible_text(text), style, limit), style, Anchor::start,
                        90});
}

void Canvas::fill(const SceneBox& box, const Colour& colour) {
    scene.add(SceneRectangle{box.x, box.y, box.width, box.height, colour});
}

void Canvas::line(double x1, double y1, double x2, double y2, const Colour& colour, bool dashed) {
    // In the middle of a pixel, so that it is one pixel wide and not two half ones.
    const double aside = 0.5;
    if (x1 == x2)
        scene.add(SceneLine{x1 + aside, y1, x2 + aside, y2, colour, 1, dashed});
    else
        scene.add(SceneLine{x1, y1 + aside, x2, y2 + aside, colour, 1, dashed});
}

void Canvas::hatch(const SceneBox& box) {
    fill(box, theme.hidden);
    constexpr double apart = 5;
    // Each goes up to the right; its ends are where it meets the box.
    for (double at = apart; at < box.width + box.height; at += apart) {
        const double left = std::max(0.0, at - box.height), right = std::min(at, box.width);
        scene.add(SceneLine{box.x + left, box.y + at - left, box.x + right, box.y + at - right,
                            mixed(theme.line, theme.faint, 0.4), 1});
    }
}

void Canvas::element(SceneElement::Of of, Index index, const SceneBox& box) {
    scene.elements.push_back({{finding, of, index}, box});
}

void Canvas::elements(SceneElement::Of of, const SceneBox& first, Index rows, Index columns) {
    if (rows > 0 && columns > 0)
        scene.elements.push_back({{finding, of, 0}, first, rows, columns, columns});
}

Index label_stride(double pitch, double need) {
    for (Index power = 1;; power *= 10)
        for (Index factor : {1, 2, 5})
            if (static_cast<double>(factor * power) * pitch >= need - 1e-9) return factor * power;
}

std::string with_unit(const std::string& title, const std::string& unit) {
    if (unit.empty()) return title;
    return title.empty() ? unit : title + ", " + unit;
}

}  // namespace fovea
