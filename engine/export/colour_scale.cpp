#include "engine/export/colour_scale.h"

#include <algorithm>
#include <cmath>

namespace fovea {
namespace {

// A value that is larger by no more than float's rounding counts as the round one: a weight of
// 1.0000002 is a 1.
constexpr double rounding = 1e-6;

// The smallest of 1, 2, 5, 10, … times a power of ten that is not below `step`.
double round_step(double step) {
    const double power = std::pow(10, std::floor(std::log10(step)));
    for (double factor : {1.0, 2.0, 5.0})
        if (factor * power >= step * (1 - rounding)) return factor * power;
    return 10 * power;
}

// A little above, so that the scale ends at a number worth reading.
double rounded_up(double value) {
    const double step = round_step(value / 20);
    return step * std::ceil(value / step * (1 - rounding));
}

std::string with_minus(std::string text) {
    if (text.starts_with('-')) text.replace(0, 1, "−");
    return text;
}

}  // namespace

Colour ColourScale::colour(float value) const {
    if (logarithmic) {
        const double share = value <= low ? 0.0 : std::log(value / low) / std::log(high / low);
        return colour_at(map, share);
    }
    return colour_at(map, (value - low) / (high - low));
}

std::vector<ColourScale::Tick> ColourScale::ticks(int wanted) const {
    std::vector<Tick> list;
    if (logarithmic) {
        const double decades = std::log10(high / low);
        const int stride = std::max(1, static_cast<int>(std::ceil(decades / std::max(1, wanted))));
        for (int power = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
             power <= std::log10(high) + 1e-9; power += stride) {
            const double value = std::pow(10, power);
            list.push_back({std::log10(value / low) / decades, fmt::format("{:g}", value)});
        }
        return list;
    }
    const double step = round_step((high - low) / std::max(1, wanted - 1));
    const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
    const bool plain = decimals <= 4 && std::max(std::abs(low), std::abs(high)) < 1e5;
    for (double n = std::ceil(low / step - 1e-9); n * step <= high + step * 1e-9; ++n) {
        const double value = n == 0 ? 0.0 : n * step;
        list.push_back({(value - low) / (high - low),
                        with_minus(plain ? fmt::format("{:.{}f}", value, value == 0 ? 0 : decimals)
                                         : fmt::format("{:.3g}", value))});
    }
    return list;
}

ColourScale colour_scale_of(const ExportJob& job, ColourMapName map, float smallest,
                            float largest) {
    const bool signed_values =
        job.less || job.quantity == Quantity::logits || job.quantity == Quantity::masked_logits;
    ColourScale scale;
    scale.map = map;
    if (smallest > largest) return scale;
    if (!signed_values) {
        const bool whole = job.quantity == Quantity::weights && !job.fitted;
        scale.high = whole || !(largest > 0) ? 1.0 : rounded_up(largest);
        scale.logarithmic = job.logarithmic;
        if (scale.logarithmic) scale.low = 1e-4 * scale.high;
        return scale;
    }
    scale.low = smallest;
    scale.high = largest;
    if (map == ColourMapName::diverging) {
        scale.high = std::max(std::abs(scale.low), std::abs(scale.high));
        scale.low = -scale.high;
    }
    const double least = 1e-6 * std::max(1.0, std::abs(scale.low));
    if (scale.high - scale.low < least) {
        scale.low -= 0.5;
        scale.high += 0.5;
    }
    return scale;
}

}  // namespace fovea
