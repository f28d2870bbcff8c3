#pragma once

#include <string>
#include <string_view>

#include "engine/export/arrays.h"

namespace fovea {

/// What stands before the numbers of a NumPy array, format version 1.0: magic, header length, a
/// Python dictionary padded with spaces so that the data begin at a multiple of 64. `shape` is the
/// inside of a tuple: "5, " or "2, 3".
std::string npy_header(std::string_view type, std::string_view shape);
std::string npy_header(const ExportArray& array);

}  // namespace fovea
