#include <algorithm>
#include <cmath>

#include "engine/figure/painters.h"
#include "engine/figure/value_colours.h"

namespace fovea {
namespace {

using finding::Tokens;

constexpr double tile_height = 22;
constexpr double pitch = 26;
constexpr double padding = 6;
constexpr double gap = 4;
constexpr double corner = 4;

double tile_width(Canvas& canvas, const std::string& label) {
    return std::ceil(
        std::max(12.0, canvas.width(label, canvas.text(canvas.theme.text)) + 2 * padding));
}

}  // namespace

Room room_for(Canvas& canvas, const Tokens& tokens) {
    double line = 0;
    for (const std::string& label : tokens.labels)
        if ((line += tile_width(canvas, label) + gap) > 640) break;
    return {200, std::clamp(line, 240.0, 640.0)};
}

double draw(Canvas& canvas, const Tokens& tokens, const Place& place) {
    const ValueColours colours = value_colours(tokens.value, tokens.values);
    double x = place.x, y = place.y;
    bool hatched = false;
    for (size_t i = 0; i < tokens.labels.size(); ++i) {
        const double width = std::min(place.width, tile_width(canvas, tokens.labels[i]));
        if (x > place.x && x + width > place.x + place.width) {
            x = place.x;
            y += pitch;
        }
        const bool known = i < tokens.values.size() && !std::isnan(tokens.values[i]);
        const SceneBox box{x, y, width, tile_height};
        Colour ink = canvas.theme.muted;
        if (known) {
            const Colour ground = colours(canvas.look, static_cast<double>(tokens.values[i]));
            canvas.scene.add(SceneRectangle{x, y, width, tile_height, ground, 1, corner});
            ink = text_on(ground);
        } else {
            canvas.hatch(box);
            hatched = true;
        }
        canvas.write(x + width / 2, y + tile_height / 2, tokens.labels[i], canvas.text(ink),
                     Anchor::middle, width - 4);
        canvas.element(SceneElement::Of::number, static_cast<Index>(i), box);
        x += width + gap;
    }
    return draw_colour_bar(canvas, colours, place.x, y + pitch + 6, place.width,
                           {.hatched = hatched});
}

}  // namespace fovea
