#pragma once

#include "engine/core/colour_map.h"
#include "engine/core/index.h"

namespace fovea {

/// Colours of everything in a figure that is not data of a colour map.
struct FigureTheme {
    Colour background, hidden, line, text, muted, faint, amber, warning;
    Colour blue;  ///< where you are
    Colour bar;   ///< a length without a sign
    bool dark;
};

/// `map`: what is hidden must differ from its colours.
FigureTheme figure_theme(bool dark, ColourMapName map);

/// Signed numbers: orange for, blue against, zero nearly the colour of the ground, so that only
/// what weighs is seen. `share` from -1 to 1, clamped.
Colour signed_colour(const FigureTheme& theme, double share);
/// The plain orange and blue of signed lengths.
Colour length_colour(const FigureTheme& theme, double value);

/// Nearly black or nearly white, whichever can be read on `ground`.
Colour text_on(const Colour& ground);

/// `share` of the way from one to the other.
Colour mixed(const Colour& from, const Colour& to, double share);

/// The colour of line `i` of `count`: one alone has the colour of text, several lie on a colour
/// map where it stands out from the ground.
Colour line_colour(const FigureTheme& theme, ColourMapName map, Index i, Index count);

}  // namespace fovea
