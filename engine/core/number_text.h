#pragma once

#include <string>

namespace fovea {

/// A number for people: "−1.07", "58 073", "1.2e+9"; "–" for what is no number. `plus`: what is
/// above zero says so.
std::string number_text(double value, int decimals, bool plus = false);

/// The same where there is room for what would read as zero and is none: "3·10⁻⁴".
std::string number_text_or_power(double value, int decimals, bool plus = false);

/// A number above zero to one digit: "7·10⁻⁶", "10⁵".
std::string power_of_ten(double size);

}  // namespace fovea
