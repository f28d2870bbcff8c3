#include "engine/core/task_pool.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#ifdef FOVEA_THREAD_SANITIZER
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace fovea {
namespace {

/// Tells the thread sanitiser what oneTBB promises: everything before the loop comes before every
/// body, and every body before what follows the loop. It cannot see that for itself, because the
/// library is not built with it; this file therefore is not either (see engine/CMakeLists.txt), and
/// the bodies, which are, are watched as before. Does nothing in any other build.
class ForkAndJoin {
  public:
    ForkAndJoin() { release(&fork_); }
    ~ForkAndJoin() { acquire(&join_); }
    ForkAndJoin(const ForkAndJoin&) = delete;
    ForkAndJoin& operator=(const ForkAndJoin&) = delete;

    template <class Body>
    void run(const Body& body) {
        acquire(&fork_);
        body();
        release(&join_);
    }

  private:
#ifdef FOVEA_THREAD_SANITIZER
    static void acquire(char* address) {
        __tsan_acquire(address);
    }
    static void release(char* address) {
        __tsan_release(address);
    }
#else
    static void acquire(char*) {}
    static void release(char*) {}
#endif
    char fork_ = 0;
    char join_ = 0;
};

}  // namespace

void parallel_for(Index count, const std::function<void(Index)>& body) {
    if (count <= 1) {
        if (count == 1) body(0);
        return;
    }
    ForkAndJoin order;
    tbb::parallel_for(Index{0}, count, [&](Index i) { order.run([&] { body(i); }); });
}

void parallel_ranges(Index count, Index grain, const std::function<void(Index, Index)>& body) {
    if (count <= grain) {
        if (count > 0) body(0, count);
        return;
    }
    ForkAndJoin order;
    tbb::parallel_for(
        tbb::blocked_range<Index>(0, count, static_cast<size_t>(grain)),
        [&](const auto& range) { order.run([&] { body(range.begin(), range.end()); }); });
}

int thread_count() {
    return tbb::this_task_arena::max_concurrency();
}

}  // namespace fovea
