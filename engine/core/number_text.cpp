#include "engine/core/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

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

std::string number_text_or_power(double value, int decimals, bool plus) {
    const double size = std::abs(value);
    const bool reads_as_zero =
        size > 0 &&
        fmt::format("{:.{}f}", size, decimals).find_first_not_of("0.") == std::string::npos;
    if (!reads_as_zero) return number_text(value, decimals, plus);
    return (value < 0 ? "−" : plus ? "+" : "") + power_of_ten(size);
}

std::string power_of_ten(double size) {
    const std::string written = fmt::format("{:.0e}", size);  // 7e-06
    const int exponent = std::stoi(written.substr(2));
    constexpr std::string_view raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string power = exponent < 0 ? "⁻" : "";
    for (const char digit : std::to_string(std::abs(exponent)))
        power += raised[digit - '0'];
    return written[0] == '1' ? "10" + power : fmt::format("{}·10{}", written[0], power);
}

}  // namespace fovea
