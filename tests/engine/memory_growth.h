#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace fovea::test {

/// A sanitiser keeps freed memory to itself for a while: its peaks say nothing.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool own_allocator = true;
#elif defined(__has_feature)
inline constexpr bool own_allocator =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool own_allocator = false;
#endif

inline constexpr std::int64_t mebibyte = 1 << 20;

inline double in_mebibytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(mebibyte);
}

/// A line of /proc/self/status in MiB; 0 where there is none.
inline double status_in_mebibytes(std::string_view key) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key)) return std::stod(line.substr(key.size() + 1)) / 1024;
    return 0;
}

/// Bytes that the program has allocated and not freed, by whatever library: counted as they come
/// and go, so that neither the allocator's arenas nor the kernel's pages blur them. Below zero
/// where nobody counts.
std::int64_t allocated_bytes();
/// The most of them since the last call of forget_most_allocated.
std::int64_t most_allocated_bytes();
void forget_most_allocated();

/// By how many MiB the allocated memory grows at most while something runs; below zero where nobody
/// can say.
template <class Run>
double peak_growth(Run run) {
    const std::int64_t before = allocated_bytes();
    forget_most_allocated();
    run();
    if (before < 0) return -1;
    return in_mebibytes(std::max<std::int64_t>(0, most_allocated_bytes() - before));
}

}  // namespace fovea::test
