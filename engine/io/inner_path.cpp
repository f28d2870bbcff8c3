#include "engine/catalogue/inner_path.h"

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

bool is_sha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace fovea
