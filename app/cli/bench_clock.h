#pragma once

#include <functional>

namespace fovea::app {

/// Median milliseconds of `work`: once to warm up, then for half a second and three times at least.
double median_ms(const std::function<void()>& work);

}  // namespace fovea::app
