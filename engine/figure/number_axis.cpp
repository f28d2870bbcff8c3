#include "engine/figure/number_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/number_text.h"

namespace fovea {
namespace {

// A value that is larger by no more than float's rounding counts as the round one: a weight of
// 1.0000002 is a 1.
constexpr double rounding = 1e-6;

std::string with_minus(std::string text) {
    if (text.starts_with('-')) text.replace(0, 1, "−");
    return text;
}

double signed_root(double value) {
    return std::copysign(std::sqrt(std::abs(value)), value);
}

std::vector<AxisTick> decades(const NumberAxis& axis, int wanted) {
    std::vector<AxisTick> list;
    const double length = std::log10(axis.high / axis.low);
    const int stride = std::max(1, static_cast<int>(std::ceil(length / std::max(1, wanted))));
    for (int power = static_cast<int>(std::ceil(std::log10(axis.low) - 1e-9));
         power <= std::log10(axis.high) + 1e-9; power += stride) {
        const double value = std::pow(10, power);
        const bool plain = power >= -4 && power <= 3;
        list.push_back({std::log10(value / axis.low) / length,
                        plain ? fmt::format("{:g}", value) : power_of_ten(value), value});
    }
    return list;
}

// From the ends inwards, as many as stand apart: round numbers crowd where the root is steep.
std::vector<AxisTick> roots(const NumberAxis& axis, int wanted) {
    std::vector<double> candidates;
    const double most = std::max(std::abs(axis.low), std::abs(axis.high));
    for (const double sign : {1.0, -1.0})
        for (double power = std::pow(10, std::floor(std::log10(most) + 1e-9)); power > most * 1e-4;
             power /= 10)
            for (const double factor : {5.0, 2.0, 1.0})
                candidates.push_back(sign * factor * power);
    candidates.insert(candidates.begin(), {0.0, axis.high, axis.low});
    std::vector<AxisTick> list;
    const double apart = 0.8 / std::max(1, wanted - 1);
    for (const double value : candidates) {
        const double share = axis.share(value);
        if (share < -1e-9 || share > 1 + 1e-9) continue;
        const bool crowded = std::ranges::any_of(
            list, [&](const AxisTick& tick) { return std::abs(tick.share - share) < apart; });
        if (!crowded) list.push_back({share, with_minus(fmt::format("{:.4g}", value)), value});
    }
    std::ranges::sort(list, {}, &AxisTick::share);
    return list;
}

std::vector<AxisTick> even_steps(const NumberAxis& axis, int wanted) {
    std::vector<AxisTick> list;
    const auto [scale, low, high] = axis;
    const double step = round_step((high - low) / std::max(1, wanted - 1));
    const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
    const bool plain = decimals <= 4 && std::max(std::abs(low), std::abs(high)) < 1e5;
    for (double n = std::ceil(low / step - 1e-9); n * step <= high + step * 1e-9; ++n) {
        const double value = n == 0 ? 0.0 : n * step;
        list.push_back({(value - low) / (high - low),
                        with_minus(plain ? fmt::format("{:.{}f}", value, value == 0 ? 0 : decimals)
                                         : fmt::format("{:.3g}", value)),
                        value});
    }
    return list;
}

}  // namespace

double round_step(double step) {
    const double power = std::pow(10, std::floor(std::log10(step)));
    for (double factor : {1.0, 2.0, 5.0})
        if (factor * power >= step * (1 - rounding)) return factor * power;
    return 10 * power;
}

double rounded_up(double value) {
    const double step = round_step(value / 20);
    return step * std::ceil(value / step * (1 - rounding));
}

double NumberAxis::share(double value) const {
    switch (scale) {
        case finding::Scale::logarithmic:
            return value > 0 ? std::log(value / low) / std::log(high / low)
                             : (std::isnan(value) ? value : 0.0);
        case finding::Scale::square_root: {
            const double from = signed_root(low);
            return (signed_root(value) - from) / (signed_root(high) - from);
        }
        case finding::Scale::linear:
            break;
    }
    return (value - low) / (high - low);
}

double NumberAxis::clamped_share(double value) const {
    return std::clamp(share(value), 0.0, 1.0);
}

std::vector<AxisTick> NumberAxis::ticks(int wanted) const {
    switch (scale) {
        case finding::Scale::logarithmic:
            return decades(*this, wanted);
        case finding::Scale::square_root:
            return roots(*this, wanted);
        case finding::Scale::linear:
            break;
    }
    return even_steps(*this, wanted);
}

NumberAxis number_axis(const finding::ValueAxis& value, double smallest, double largest,
                       bool from_zero) {
    NumberAxis axis;
    axis.scale = value.scale;
    if (smallest > largest) smallest = 0, largest = 1;
    if (value.scale == finding::Scale::logarithmic) {
        const auto decade = [](double number, auto round) {
            return std::pow(10, round(std::log10(number)));
        };
        const double top = largest > 0 ? largest : 1;
        axis.high = value.high.value_or(
            decade(top * (1 - rounding), [](double x) { return std::ceil(x); }));
        axis.low =
            value.low.value_or(decade(smallest > 0 ? smallest : axis.high * logarithmic_floor,
                                      [](double x) { return std::floor(x + 1e-9); }));
        if (!(axis.low > 0)) axis.low = axis.high * logarithmic_floor;
        if (axis.low >= axis.high) axis.high = axis.low * 10;
        return axis;
    }
    if (value.is_signed) {
        const double most = std::max(
            {std::abs(value.low.value_or(smallest)), std::abs(value.high.value_or(largest))});
        axis.high = most > 0 ? (value.high ? most : rounded_up(most)) : 1;
        axis.low = -axis.high;
        return axis;
    }
    const bool floats = !from_zero && smallest > 0 && largest < 2 * smallest;
    const double step = largest > smallest ? round_step((largest - smallest) / 20) : 0;
    axis.low = value.low.value_or(
        smallest < 0 || floats ? (step > 0 ? step * std::floor(smallest / step) : smallest) : 0);
    axis.high = value.high.value_or(
        largest > 0 ? (floats && step > 0 ? step * std::ceil(largest / step) : rounded_up(largest))
                    : 0);
    if (!(axis.high > axis.low)) {
        // One number, or none: some room around it.
        if (value.high)
            axis.low = axis.high - 1;
        else
            axis.high = axis.low + 1;
    }
    return axis;
}

}  // namespace fovea
