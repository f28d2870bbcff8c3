#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/trace/trace.h"

namespace fovea::app {

struct GpuTime {
    double milliseconds = 0;
    std::string device;
};

/// Median time of scoring every head of a trace at a new temperature into textures, Q and K already
/// there, in a context of its own. The error says why there is none.
Result<GpuTime> measure_gpu_rescoring(const Trace& trace);

}  // namespace fovea::app
