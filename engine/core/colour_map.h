#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fovea {

/// Maps from a number to a colour: perceptually even, in lightness too, and readable by the
/// colour-blind. The window, the pictures and the shaders all take them from here.
enum class ColourMapName {
    viridis,    ///< van der Walt, Smith, Firing 2015 (CC0)
    magma,      ///< van der Walt, Smith, Firing 2015 (CC0)
    cividis,    ///< Nuñez, Anderton, Renslow 2018, "Optimizing colormaps with consideration for
                ///< color vision deficiency" (CC0)
    greys,      ///< even steps of CIELAB lightness, 6 to 97
    diverging,  ///< blue below, near-white at the middle, orange-brown above: two arms of OKLab
};

inline constexpr std::array colour_map_names = {ColourMapName::viridis, ColourMapName::magma,
                                                ColourMapName::cividis, ColourMapName::greys,
                                                ColourMapName::diverging};

using Colour = std::array<std::uint8_t, 3>;  ///< sRGB

/// 256 colours, from the smallest value to the largest.
std::span<const Colour> colour_table(ColourMapName map);

/// The colour at `share` of the way, clamped to [0, 1]; NaN is taken as 0 (callers draw their own).
Colour colour_at(ColourMapName map, double share);

/// Dark text reads on it better than light text does.
bool is_light(const Colour& colour);

/// As menus, session files and ExportJob spell it: "viridis".
std::string_view colour_map_name(ColourMapName map);
std::optional<ColourMapName> colour_map_from_name(std::string_view name);

}  // namespace fovea
