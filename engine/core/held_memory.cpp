#include "engine/core/held_memory.h"

#include <atomic>
#include <cstdlib>  // names the C library
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace fovea {
namespace {

constexpr std::int64_t worth_giving_back = std::int64_t{64} << 20;

std::atomic<std::int64_t> held{0};
std::atomic<std::int64_t> most{0};  // since memory was given back

}  // namespace

void count_taken(std::int64_t bytes) {
    const std::int64_t now = held.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::int64_t before = most.load(std::memory_order_relaxed);
    while (before < now && !most.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
    }
}

void count_freed(std::int64_t bytes) {
    held.fetch_sub(bytes, std::memory_order_relaxed);
}

std::int64_t held_bytes() {
    return held.load(std::memory_order_relaxed);
}

bool has_memory_to_give_back() {
    return most.load(std::memory_order_relaxed) - held_bytes() >= worth_giving_back;
}

void give_back_memory() {
    most.store(held_bytes(), std::memory_order_relaxed);
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

}  // namespace fovea
