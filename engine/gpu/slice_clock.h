#pragma once

#include <deque>
#include <functional>

#include "engine/gpu/gl.h"
#include "engine/gpu/slice_pace.h"

namespace fovea::gpu {

/// Milliseconds of a clock that only goes forwards.
double now_ms();

/// Times slices of work without waiting for them: a timestamp on the GPU's own clock before and
/// after each, read when they have come back.
class SliceClock {
  public:
    /// Queues `work`, whose cost is known. On a renderer that does the work within the call, or
    /// that has no timestamps, the call's own time is what counts.
    void time(double cost, const std::function<void()>& work);

    /// Tells the pace of what has come back. Does not wait.
    void collect(SlicePace& pace);

    /// Cost of what has not come back.
    double under_way() const { return under_way_; }

  private:
    struct Slice {
        Query begin, end;
        double cost;
        double call_ms;
    };
    std::deque<Slice> slices_;
    double under_way_ = 0;
};

}  // namespace fovea::gpu
