#pragma once

#include <functional>
#include <span>
#include <vector>

namespace fovea::app {

/// Median milliseconds of `work`: once to warm up, then for half a second and three times at least.
double median_ms(const std::function<void()>& work);

/// The same of each of several, in turns: what else the machine does meanwhile meets all alike, so
/// that their ratios stand.
std::vector<double> median_ms_in_turns(std::span<const std::function<void()>> works);

/// The value below which `share` of them lie; they are put in order. At least one.
double quantile(std::vector<double>& values, double share);

/// Milliseconds of all cores that this process has used.
double cpu_ms();

}  // namespace fovea::app
