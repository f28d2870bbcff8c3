#include "engine/core/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace fovea {
namespace {

// Thousands apart by a space that does not break.
std::string grouped(std::string digits) {
    const size_t whole = std::min(digits.find('.'), digits.size());
    if (whole < 5) return digits;
    for (size_t place = whole; place > 3; place -= 3)
        digits.insert(place - 3, "\u00A0");
    return digits;
}

}  // namespace

std::string number_text(double value, int decimals, bool plus) {
    if (std::isnan(value)) return "–";
    const double size = std::abs(value);
    std::string digits = std::isinf(value) ? "∞"
                         : size >= 1e7     ? fmt::format("{:.3g}", size)
                                           : grouped(fmt::format("{:.{}f}", size, decimals));
    const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
    if (is_zero) return digits;
    if (value < 0) return "−" + digits;
    return plus ? "+" + digits : digits;
}

}  // namespace fovea
