#include "engine/core/task_pool.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace fovea {

void parallel_for(Index count, const std::function<void(Index)>& body) {
    if (count <= 1) {
        if (count == 1) body(0);
        return;
    }
    tbb::parallel_for(Index{0}, count, [&](Index i) { body(i); });
}

void parallel_ranges(Index count, Index grain, const std::function<void(Index, Index)>& body) {
    if (count <= grain) {
        if (count > 0) body(0, count);
        return;
    }
    tbb::parallel_for(tbb::blocked_range<Index>(0, count, static_cast<size_t>(grain)),
                      [&](const auto& range) { body(range.begin(), range.end()); });
}

int thread_count() {
    return tbb::this_task_arena::max_concurrency();
}

}  // namespace fovea
