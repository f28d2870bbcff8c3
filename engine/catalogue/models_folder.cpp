#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "engine/catalogue/catalogue.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// A folder from the environment; the XDG rules say that relative ones are to be ignored.
std::optional<fs::path> absolute_from_environment(const char* name) {
    const char* text = std::getenv(name);
    if (text == nullptr || !fs::path(text).is_absolute()) return std::nullopt;
    return fs::path(text);
}

fs::path home_folder() {
    if (const auto home = absolute_from_environment("HOME")) return *home;
    if (const passwd* user = ::getpwuid(::getuid())) return user->pw_dir;
    return "/";
}

bool holds(const fs::path& folder, std::string_view file) {
    std::error_code ignored;
    return fs::is_regular_file(folder / file, ignored);
}

}  // namespace

fs::path models_folder() {
    const auto data = absolute_from_environment("XDG_DATA_HOME");
    return (data ? *data : home_folder() / ".local/share") / "fovea/models";
}

std::optional<fs::path> installed(const CatalogueEntry& entry) {
    const fs::path folder = models_folder() / entry.name;
    for (const CatalogueFile& file : entry.files) {
        std::error_code error;
        const auto size = fs::file_size(folder / file.path, error);
        if (error || size != file.size) return std::nullopt;
    }
    return folder;
}

std::vector<fs::path> installed_folders() {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator entry(models_folder(), error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.extension() != ".partial" && holds(path, "config.json")) folders.push_back(path);
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

Result<fs::path> resolve_model(std::string_view folder_or_name) {
    const fs::path path(folder_or_name);
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return path;
    if (fs::exists(path, ignored)) {
        return fail("{}: is a file; a model is a folder that holds its config.json", path.string());
    }
    FOVEA_TRY(const auto entries, catalogue());
    std::string known;
    for (const CatalogueEntry& entry : entries) {
        if (entry.name == folder_or_name) {
            if (auto folder = installed(entry)) return *std::move(folder);
            return fail("model '{0}' is not installed; 'fovea get {0}' fetches it", entry.name);
        }
        known += (known.empty() ? "" : ", ") + entry.name;
    }
    for (const fs::path& folder : installed_folders()) {
        if (folder.filename() == folder_or_name) return folder;
    }
    return fail("{}: neither a folder nor a model that is known by name ({})", folder_or_name,
                known);
}

}  // namespace fovea
