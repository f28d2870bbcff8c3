#pragma once

#include <string>

namespace fovea {

/// A number for people: "−1.07", "58 073", "1.2e+9"; "–" for what is no number. `plus`: what is
/// above zero says so.
std::string number_text(double value, int decimals, bool plus = false);

}  // namespace fovea
