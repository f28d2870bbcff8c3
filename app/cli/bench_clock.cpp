#include "app/cli/bench_clock.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace fovea::app {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace

double median_ms(const std::function<void()>& work) {
    constexpr double enough_ms = 500;
    constexpr size_t fewest = 3;
    work();
    std::vector<double> times;
    const Clock::time_point begin = Clock::now();
    while (times.size() < fewest || milliseconds_since(begin) < enough_ms) {
        const Clock::time_point start = Clock::now();
        work();
        times.push_back(milliseconds_since(start));
    }
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

}  // namespace fovea::app
