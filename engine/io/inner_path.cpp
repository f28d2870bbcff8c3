#include "engine/io/inner_path.h"

#include <algorithm>
#include <filesystem>

namespace fovea {

bool is_inner_path(std::string_view text) {
    if (text.empty() || text.find('\0') != std::string_view::npos) return false;
    const std::filesystem::path path(text);
    return path.is_relative() && std::none_of(path.begin(), path.end(), [](const auto& part) {
               return part.empty() || part == "." || part == "..";
           });
}

bool is_plain_name(std::string_view text) {
    return is_inner_path(text) && text.find_first_of("/\\") == text.npos;
}

}  // namespace fovea
