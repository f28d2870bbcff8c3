#pragma once

#include <string>
#include <vector>

#include "engine/analysis/findings.h"

namespace fovea {

/// A logarithmic scale that nothing else bounds begins at this share of its largest value; smaller
/// ones stand, or are coloured, as this: in figures, on maps and in their shaders.
inline constexpr double logarithmic_floor = 1e-4;

/// A number worth marking on an axis.
struct AxisTick {
    double share;  ///< of the way from low to high
    std::string label;
    double value = 0;
};

/// From a number to a place between two ends.
struct NumberAxis {
    finding::Scale scale = finding::Scale::linear;
    double low = 0, high = 1;  ///< low < high; logarithmic: 0 < low

    /// 0 at low, 1 at high; beyond them where the number is. NaN for NaN.
    double share(double value) const;
    /// Between two and `wanted` ticks at round numbers: 1, 2, 5 times a power of ten; whole decades
    /// (one at most where high is hardly above low). Of a square root fewer where they would
    /// crowd.
    std::vector<AxisTick> ticks(int wanted) const;
    double clamped_share(double value) const;
};

/// The axis of numbers in [smallest, largest] (finite ones only; smallest above largest: there are
/// none). Ends that the axis leaves open are rounded outwards to ticks; a signed axis is as long on
/// both sides; a linear one that nothing else bounds begins at zero where `from_zero`.
NumberAxis number_axis(const finding::ValueAxis& value, double smallest, double largest,
                       bool from_zero);

/// The smallest of 1, 2, 5, 10, … times a power of ten that is not below `step`.
double round_step(double step);

/// A little above, so that an axis ends at a number worth reading. For numbers above zero.
double rounded_up(double value);

}  // namespace fovea
