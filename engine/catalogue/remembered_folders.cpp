#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/catalogue/discover.h"
#include "engine/catalogue/environment.h"
#include "engine/catalogue/finder.h"
#include "engine/io/files.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr size_t largest_list = 1 << 20;

fs::path list_file() {
    return data_folder() / "folders.json";
}

Status write_list(const std::vector<fs::path>& folders) {
    nlohmann::json list = nlohmann::json::array();
    for (const fs::path& folder : folders)
        list.push_back(folder.string());
    std::error_code error;
    fs::create_directories(list_file().parent_path(), error);
    if (error) return fail("{}: {}", list_file().parent_path().string(), error.message());
    using Handler = nlohmann::json::error_handler_t;
    return write_file_atomically(list_file(), list.dump(1, ' ', false, Handler::replace) + "\n");
}

/// As it is kept: absolute, without "." and without a slash at the end.
fs::path tidy(const fs::path& folder) {
    std::error_code ignored;
    fs::path path = fs::absolute(folder, ignored).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

}  // namespace

std::vector<fs::path> remembered_folders() {
    std::vector<fs::path> folders;
    const auto text = read_small_file(list_file(), largest_list);
    if (!text) return folders;
    const auto list = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
    if (!list.is_array()) return folders;
    for (const auto& entry : list)
        if (entry.is_string() && fs::path(entry.get<std::string>()).is_absolute())
            folders.emplace_back(entry.get<std::string>());
    return folders;
}

Status remember_folder(const fs::path& folder) {
    if (!is_folder(folder)) return fail("{}: no such folder", folder.string());
    std::vector<fs::path> folders = remembered_folders();
    const fs::path path = tidy(folder);
    if (std::find(folders.begin(), folders.end(), path) != folders.end()) return {};
    folders.push_back(path);
    return write_list(folders);
}

Status forget_folder(const fs::path& folder) {
    std::vector<fs::path> folders = remembered_folders();
    if (std::erase(folders, tidy(folder)) == 0)
        return fail("{}: is not among the remembered folders", folder.string());
    return write_list(folders);
}

}  // namespace fovea
