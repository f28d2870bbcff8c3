#include "app/maps/colour_scale.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/figure/number_axis.h"

namespace fovea::app {
namespace {

constexpr size_t table_width = 256;
constexpr auto floor_share = static_cast<float>(logarithmic_floor);
// Darker than any data, lighter than a hidden cell.
constexpr Colour dark_middle = {0x33, 0x3c, 0x46};
// How far out on the pale map the ends of the dark one lie: bright, not the darkest.
constexpr double dark_reach = 0.62;

// From the dark middle to the bright colours of either arm.
Colour dark_diverging(double position) {
    const double side = 2 * position - 1;
    const double size = std::abs(side);
    const Colour end =
        colour_at(ColourMapName::diverging, 0.5 + std::copysign(0.5 * dark_reach, side));
    Colour colour;
    for (size_t c = 0; c < colour.size(); ++c)
        colour[c] = static_cast<std::uint8_t>(
            std::lround(dark_middle[c] + (end[c] - dark_middle[c]) * size));
    return colour;
}

std::vector<Colour> make_rows() {
    std::vector<Colour> rows;
    for (const ColourMapName name : colour_map_names) {
        const auto table = colour_table(name);
        rows.insert(rows.end(), table.begin(), table.end());
    }
    for (size_t i = 0; i < table_width; ++i)
        rows.push_back(dark_diverging(static_cast<double>(i) / (table_width - 1)));
    return rows;
}

// Share of the way from floor to `high` on a logarithmic scale.
float logarithmic_share(float value, float high) {
    const float floor = high * floor_share;
    return std::log(std::max(value, floor) / floor) / std::log(1 / floor_share);
}

}  // namespace

bool is_logarithmic(const ColourScale& scale) {
    return scale.logarithmic && scale.high > 0 && (scale.diverging || scale.low >= 0);
}

float position_on_scale(const ColourScale& scale, float value) {
    if (std::isnan(value)) return value;
    float position = 0;
    if (scale.diverging) {
        const float size = is_logarithmic(scale) ? logarithmic_share(std::abs(value), scale.high)
                                                 : std::abs(value) / scale.high;
        position = 0.5f + 0.5f * std::copysign(size, value);
        if (!(scale.high > 0)) position = 0.5f;
    } else if (is_logarithmic(scale)) {
        position = logarithmic_share(value, scale.high);
    } else {
        const float extent = scale.high - scale.low;
        position = extent > 0 ? (value - scale.low) / extent : 0;
    }
    return std::clamp(position, 0.0f, 1.0f);
}

float value_on_scale(const ColourScale& scale, float position) {
    if (scale.diverging) {
        const float signed_share = 2 * position - 1;
        const float share = std::abs(signed_share);
        const float size = is_logarithmic(scale) && share > 0
                               ? std::pow(floor_share, 1 - share) * scale.high
                               : share * scale.high;
        return std::copysign(size, signed_share);
    }
    if (is_logarithmic(scale)) return std::pow(floor_share, 1 - position) * scale.high;
    return scale.low + position * (scale.high - scale.low);
}

std::span<const Colour> colour_table_rows() {
    static const std::vector<Colour> rows = make_rows();
    return rows;
}

int colour_table_row(const ColourScale& scale) {
    if (scale.diverging)
        return scale.dark ? colour_table_row_count - 1 : static_cast<int>(ColourMapName::diverging);
    return static_cast<int>(scale.map);
}

ImU32 colour_of(const ColourScale& scale, float value) {
    if (value < hidden_limit) return 0;
    const float position = position_on_scale(scale, value);
    if (std::isnan(position)) return undefined_colour;
    const size_t row = static_cast<size_t>(colour_table_row(scale)) * table_width;
    const Colour colour = colour_table_rows()[row + static_cast<size_t>(position * 255.0f + 0.5f)];
    return IM_COL32(colour[0], colour[1], colour[2], 255);
}

}  // namespace fovea::app
