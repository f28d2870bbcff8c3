#include "app/render/colour_scale.h"

#include <algorithm>
#include <cmath>

#include "engine/core/colour_map.h"

namespace fovea::app {
namespace {

ColourMapName table_name(const ColourScale& scale) {
    if (scale.diverging) return ColourMapName::diverging;
    switch (scale.map) {
        case ColourMap::viridis:
            return ColourMapName::viridis;
        case ColourMap::magma:
            return ColourMapName::magma;
        case ColourMap::cividis:
            return ColourMapName::cividis;
        case ColourMap::greys:
            return ColourMapName::greys;
    }
    return ColourMapName::viridis;
}

// Share of the way from floor to `high` on a logarithmic scale.
float logarithmic_share(float value, float high) {
    const float floor = high * logarithmic_floor;
    return std::log(std::max(value, floor) / floor) / std::log(1 / logarithmic_floor);
}

bool is_logarithmic(const ColourScale& scale) {
    return scale.logarithmic && scale.high > 0 && (scale.diverging || scale.low >= 0);
}

}  // namespace

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
                               ? std::pow(logarithmic_floor, 1 - share) * scale.high
                               : share * scale.high;
        return std::copysign(size, signed_share);
    }
    if (is_logarithmic(scale)) return std::pow(logarithmic_floor, 1 - position) * scale.high;
    return scale.low + position * (scale.high - scale.low);
}

ImU32 colour_of(const ColourScale& scale, float value) {
    if (value < hidden_limit) return 0;
    const float position = position_on_scale(scale, value);
    if (std::isnan(position)) return undefined_colour;
    const Colour colour =
        colour_table(table_name(scale))[static_cast<size_t>(position * 255.0f + 0.5f)];
    return IM_COL32(colour[0], colour[1], colour[2], 255);
}

ImU32 text_colour_on(ImU32 colour) {
    const auto channel = [&](int shift) { return static_cast<float>((colour >> shift) & 255); };
    const float luma = 0.299f * channel(IM_COL32_R_SHIFT) + 0.587f * channel(IM_COL32_G_SHIFT) +
                       0.114f * channel(IM_COL32_B_SHIFT);
    return luma > 132 ? IM_COL32(16, 20, 24, 235) : IM_COL32(255, 255, 255, 235);
}

}  // namespace fovea::app
