#include "engine/core/memory_shortage.h"

#include <fmt/format.h>

namespace fovea {

std::string size_in_words(double bytes) {
    if (bytes < 1e6) return fmt::format("{:.0f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format("{:.0f} MB", bytes / 1e6);
    return fmt::format("{:.1f} GB", bytes / 1e9);
}

std::optional<std::string> memory_shortage(double bytes, const std::optional<MemoryLeft>& given) {
    if (bytes <= always_there_bytes && !given) return std::nullopt;
    const auto left = given ? given : memory_left();
    if (!left || bytes <= static_cast<double>(left->bytes)) return std::nullopt;
    return fmt::format("{} {} left", left->of_whom,
                       size_in_words(static_cast<double>(left->bytes)));
}

}  // namespace fovea
