#include "engine/gpu/slice_pace.h"

#include <algorithm>

namespace fovea::gpu {

namespace {

// Some 10 ms of a software renderer on two cores, far less of any GPU.
constexpr double first_slice = 1 << 24;
// Of a shorter slice a clock's grain and the driver's overhead are too large a part.
constexpr double shortest_ms = 0.05;
// A rate that seems to have grown beyond this is a measurement gone wrong until it is seen again.
constexpr double largest_growth = 8;

}  // namespace

void SlicePace::learn(double cost, double milliseconds) {
    const double measured = cost / std::max(milliseconds, shortest_ms);
    if (rate_ == 0) {
        rate_ = measured;
    } else if (measured < rate_) {
        rate_ = measured;
    } else {
        rate_ = (rate_ + std::min(measured, largest_growth * rate_)) / 2;
    }
}

double SlicePace::affordable(double budget_ms, double under_way) const {
    if (rate_ == 0) return under_way > 0 ? 0 : first_slice;
    const double budget = budget_ms * rate_;
    return std::clamp(2 * budget - under_way, 0.0, budget);
}

}  // namespace fovea::gpu
