#pragma once

#include <functional>

#include "engine/core/tensor.h"

namespace fovea {

/// Runs `body(i)` for i in [0, count) on all cores and returns when all are done. The calling
/// thread takes part. `body` must not throw.
void parallel_for(Index count, const std::function<void(Index)>& body);

/// Runs `body(begin, end)` over [0, count) cut into pieces of at least `grain`.
void parallel_ranges(Index count, Index grain, const std::function<void(Index, Index)>& body);

/// How many threads parallel_for uses.
int thread_count();

}  // namespace fovea
