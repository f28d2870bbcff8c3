#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace fovea::app {

/// "90.9 MB": powers of 1000, as file sizes are sold.
inline std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1000) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes);
    for (const char* unit : {"kB", "MB", "GB"}) {
        value /= 1000;
        if (value < 999.95) return fmt::format("{:.1f} {}", value, unit);
    }
    return fmt::format("{:.1f} TB", value / 1000);
}

/// "22,713,216".
inline std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (size_t place = digits.size(); place > 3; place -= 3)
        digits.insert(place - 3, 1, ',');
    return digits;
}

}  // namespace fovea::app
