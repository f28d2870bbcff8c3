#include "engine/catalogue/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace fovea {

namespace fs = std::filesystem;

std::optional<fs::path> absolute_from_environment(const char* name) {
    const char* text = std::getenv(name);
    if (text == nullptr || !fs::path(text).is_absolute()) return std::nullopt;
    return fs::path(text);
}

std::vector<fs::path> folders_from_environment(const char* name) {
    std::vector<fs::path> folders;
    const char* text = std::getenv(name);
    std::string_view rest = text == nullptr ? "" : text;
    while (!rest.empty()) {
        const fs::path folder = rest.substr(0, rest.find(':'));
        if (folder.is_absolute()) folders.push_back(folder);
        rest.remove_prefix(std::min(rest.size(), folder.native().size() + 1));
    }
    return folders;
}

fs::path home_folder() {
    if (const auto home = absolute_from_environment("HOME")) return *home;
    if (const passwd* user = ::getpwuid(::getuid())) return user->pw_dir;
    return "/";
}

fs::path data_folder() {
    const auto data = absolute_from_environment("XDG_DATA_HOME");
    return (data ? *data : home_folder() / ".local/share") / "fovea";
}

}  // namespace fovea
