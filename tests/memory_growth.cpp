// The C library's allocation functions, counting. They stand before glibc's own for every library
// of the program: https://www.gnu.org/software/libc/manual/html_node/Replacing-malloc.html
#include "tests/engine/memory_growth.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

namespace {

std::atomic<std::int64_t> allocated{0}, most{0};

#ifdef __GLIBC__
constexpr bool counts = !fovea::test::own_allocator;
#else
constexpr bool counts = false;
#endif

}  // namespace

namespace fovea::test {

std::int64_t allocated_bytes() {
    return counts ? allocated.load() : -1;
}

std::int64_t most_allocated_bytes() {
    return most;
}

void forget_most_allocated() {
    most = allocated.load();
}

}  // namespace fovea::test

// A sanitiser's own functions stay.
#if defined(__GLIBC__) && !defined(FOVEA_SANITIZED)

#include <malloc.h>

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* block);

}  // extern "C"

namespace {

void* counted(void* block) {
    if (!block) return block;
    const auto size = static_cast<std::int64_t>(malloc_usable_size(block));
    const std::int64_t now = allocated.fetch_add(size, std::memory_order_relaxed) + size;
    std::int64_t before = most.load(std::memory_order_relaxed);
    while (before < now && !most.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
    }
    return block;
}

void no_longer_counted(void* block) {
    if (!block) return;
    allocated.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(block)),
                        std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* malloc(size_t size) noexcept {
    return counted(__libc_malloc(size));
}

void* calloc(size_t count, size_t size) noexcept {
    return counted(__libc_calloc(count, size));
}

void* realloc(void* block, size_t size) noexcept {
    const std::int64_t before = block ? static_cast<std::int64_t>(malloc_usable_size(block)) : 0;
    void* moved = __libc_realloc(block, size);
    // Where it fails the old block stays; a size of zero frees it.
    if (moved || size == 0) allocated.fetch_sub(before, std::memory_order_relaxed);
    return counted(moved);
}

void* memalign(size_t alignment, size_t size) noexcept {
    return counted(__libc_memalign(alignment, size));
}

void* aligned_alloc(size_t alignment, size_t size) noexcept {
    return memalign(alignment, size);
}

int posix_memalign(void** block, size_t alignment, size_t size) noexcept {
    if (alignment % sizeof(void*) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void* found = memalign(alignment, size);
    if (!found) return ENOMEM;
    *block = found;
    return 0;
}

void* valloc(size_t size) noexcept {
    return memalign(4096, size);
}

void free(void* block) noexcept {
    no_longer_counted(block);
    __libc_free(block);
}

}  // extern "C"

#endif
