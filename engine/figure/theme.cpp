#include "engine/figure/theme.h"

#include <algorithm>
#include <cmath>

namespace fovea {

FigureTheme figure_theme(bool dark, ColourMapName map) {
    FigureTheme theme = dark ? FigureTheme{{0x0f, 0x13, 0x17},
                                           {0x1d, 0x24, 0x2c},
                                           {0x28, 0x31, 0x3b},
                                           {0xdb, 0xe3, 0xea},
                                           {0x8a, 0x98, 0xa6},
                                           {0x5a, 0x66, 0x72},
                                           {0xff, 0xb4, 0x54},
                                           {0xff, 0x7b, 0x72},
                                           {0x5a, 0xc8, 0xfa},
                                           {0x76, 0x83, 0x90},
                                           true}
                             : FigureTheme{{0xff, 0xff, 0xff},
                                           {0xee, 0xf1, 0xf4},
                                           {0xd8, 0xde, 0xe4},
                                           {0x1d, 0x27, 0x31},
                                           {0x5d, 0x6b, 0x79},
                                           {0x98, 0xa4, 0xb0},
                                           {0xb9, 0x6a, 0x00},
                                           {0xcf, 0x22, 0x2e},
                                           {0x0a, 0x7a, 0xc2},
                                           {0x8b, 0x98, 0xa5},
                                           false};
    // Near-white and near-black are values of these two maps: what is hidden must differ.
    if (map == ColourMapName::greys)
        theme.hidden = dark ? Colour{0x1b, 0x2a, 0x3f} : Colour{0xd6, 0xe6, 0xf5};
    if (map == ColourMapName::diverging && !dark) theme.hidden = {0xc8, 0xcd, 0xd2};
    return theme;
}

Colour mixed(const Colour& from, const Colour& to, double share) {
    Colour colour;
    for (size_t c = 0; c < colour.size(); ++c)
        colour[c] = static_cast<std::uint8_t>(std::lround(from[c] + (to[c] - from[c]) * share));
    return colour;
}

Colour signed_colour(const FigureTheme& theme, double share) {
    struct Arm {
        Colour middle, end;
    };
    constexpr Arm bright_for = {{0xd0, 0x74, 0x2c}, {0xff, 0xd0, 0xa6}};
    constexpr Arm bright_against = {{0x3d, 0x87, 0xd0}, {0xb4, 0xdc, 0xff}};
    constexpr Arm deep_for = {{0xe0, 0x82, 0x38}, {0x8a, 0x3d, 0x00}};
    constexpr Arm deep_against = {{0x4a, 0x92, 0xd8}, {0x08, 0x3c, 0x7a}};
    constexpr double middle_at = 0.7;
    const Colour zero = theme.dark ? Colour{0x1a, 0x20, 0x27} : Colour{0xee, 0xf1, 0xf4};
    const double size = std::isnan(share) ? 0 : std::min(std::abs(share), 1.0);
    const Arm& arm = theme.dark ? (share > 0 ? bright_for : bright_against)
                                : (share > 0 ? deep_for : deep_against);
    return size < middle_at ? mixed(zero, arm.middle, size / middle_at)
                            : mixed(arm.middle, arm.end, (size - middle_at) / (1 - middle_at));
}

Colour length_colour(const FigureTheme& theme, double value) {
    if (theme.dark) return value >= 0 ? Colour{0xd0, 0x74, 0x2c} : Colour{0x3d, 0x87, 0xd0};
    return value >= 0 ? Colour{0xc8, 0x64, 0x1c} : Colour{0x2f, 0x7a, 0xc0};
}

Colour text_on(const Colour& ground) {
    return is_light(ground) ? Colour{16, 20, 24} : Colour{255, 255, 255};
}

Colour line_colour(const FigureTheme& theme, ColourMapName map, Index i, Index count) {
    if (count <= 1) return theme.text;
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    return colour_at(map, theme.dark ? 0.95 - 0.6 * share : 0.15 + 0.6 * share);
}

}  // namespace fovea
