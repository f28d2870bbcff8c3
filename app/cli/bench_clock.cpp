#include "app/cli/bench_clock.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace fovea::app {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Until `enough_ms` are over and `fewest` times at least. What comes first warms up and does not
/// count, unless it is so long that it hardly matters.
void time_repeatedly(const std::function<void()>& work, double enough_ms, size_t fewest,
                     std::vector<double>& times) {
    constexpr double long_ms = 1000;
    const Clock::time_point begin = Clock::now();
    bool warm = false;
    for (size_t taken = 0; taken < fewest || milliseconds_since(begin) < enough_ms;) {
        const Clock::time_point start = Clock::now();
        work();
        const double milliseconds = milliseconds_since(start);
        if (warm || milliseconds >= long_ms) {
            times.push_back(milliseconds);
            ++taken;
        }
        warm = true;
    }
}

}  // namespace

double median_ms(const std::function<void()>& work) {
    std::vector<double> times;
    time_repeatedly(work, 500, 3, times);
    return quantile(times, 0.5);
}

std::vector<double> median_ms_in_turns(std::span<const std::function<void()>> works) {
    constexpr double enough_ms = 3000, turn_ms = 60;
    std::vector<std::vector<double>> times(works.size());
    const Clock::time_point begin = Clock::now();
    while (milliseconds_since(begin) < enough_ms)
        for (size_t i = 0; i < works.size(); ++i)
            time_repeatedly(works[i], turn_ms, 1, times[i]);
    std::vector<double> medians;
    for (std::vector<double>& of_one : times)
        medians.push_back(quantile(of_one, 0.5));
    return medians;
}

double quantile(std::vector<double>& values, double share) {
    const auto last = static_cast<double>(values.size() - 1);
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * last);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

double cpu_ms() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto milliseconds = [](const timeval& time) {
        return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
    };
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

}  // namespace fovea::app
