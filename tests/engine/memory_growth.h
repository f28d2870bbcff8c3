#pragma once

#include <algorithm>
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

/// A line of /proc/self/status in MiB; 0 where there is none.
inline double status_in_mebibytes(std::string_view key) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key)) return std::stod(line.substr(key.size() + 1)) / 1024;
    return 0;
}

/// By how many MiB the process grows at most while something runs; below zero where nobody can say.
template <class Run>
double peak_growth(Run run) {
    const bool forgets = !!(std::ofstream("/proc/self/clear_refs") << "5" << std::flush);
    const double before = status_in_mebibytes("VmRSS:");
    run();
    if (own_allocator || !forgets) return -1;
    return std::max(0.0, status_in_mebibytes("VmHWM:") - before);
}

}  // namespace fovea::test
