#pragma once

#include <imgui.h>

#include <span>

#include "app/maps/hidden_cell.h"
#include "app/state/view_state.h"
#include "engine/core/colour_map.h"

namespace fovea::app {

/// How values become colours.
struct ColourScale {
    ColourMap map = ColourMap::viridis;
    bool diverging = false;  ///< for differences: low .. 0 .. high, blue .. pale .. orange
    bool dark = false;       ///< of a diverging scale: the middle is dark, for the dark theme
    bool logarithmic = false;
    bool fitted = false;  ///< whoever draws puts low and high to the smallest and largest value
    float low = 0, high = 1;
    bool operator==(const ColourScale&) const = default;
};

/// The scale is to be logarithmic, and its range allows it.
bool is_logarithmic(const ColourScale& scale);

/// Where on the colour map a value lies, 0 to 1 (clamped); NaN for NaN. The shaders compute the
/// same (shaders/colour_scale.frag).
float position_on_scale(const ColourScale& scale, float value);

/// The value at a place on the scale: ticks of legends.
float value_on_scale(const ColourScale& scale, float position);

/// The colour of a value, as the shaders compute it (legends, strips, cells with numbers). Hidden
/// cells are transparent, NaN is `undefined_colour`.
ImU32 colour_of(const ColourScale& scale, float value);

/// All colours that scales use, 256 a row: the colour maps in the order of ColourMapName, then the
/// diverging one with a dark middle.
std::span<const Colour> colour_table_rows();
inline constexpr int colour_table_row_count = 6;
int colour_table_row(const ColourScale& scale);

/// Undefined values stand out on every map.
inline constexpr ImU32 undefined_colour = IM_COL32(230, 0, 120, 255);

}  // namespace fovea::app
