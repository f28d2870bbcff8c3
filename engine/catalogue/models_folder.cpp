#include <algorithm>
#include <system_error>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/environment.h"
#include "engine/catalogue/finder.h"
#include "engine/catalogue/hub.h"
#include "engine/io/files.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

bool holds_gguf(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (ending_of(entry->path()) == ".gguf" && is_file(entry->path())) return true;
    return false;
}

}  // namespace

fs::path models_folder() {
    return data_folder() / "models";
}

fs::path folder_of_name(std::string_view name) {
    std::string folder(name);
    for (size_t slash = 0; (slash = folder.find('/', slash)) != folder.npos; ++slash)
        folder.replace(slash, 1, "--");
    return models_folder() / folder;
}

std::string installed_name(const fs::path& folder) {
    std::string name = folder.filename().string();
    for (size_t dashes = 1; (dashes = name.find("--", dashes)) != name.npos; ++dashes)
        name.replace(dashes, 2, "/");
    return name;
}

std::optional<fs::path> installed(const CatalogueEntry& entry) {
    const fs::path folder = folder_of_name(entry.name);
    const std::vector<CatalogueFile> files =
        entry.asks_the_hub() ? files_of_manifest(folder) : entry.files;
    for (const CatalogueFile& file : files) {
        std::error_code error;
        const auto size = fs::file_size(folder / file.path, error);
        if (error || size != file.size) return std::nullopt;
    }
    if (files.empty()) return std::nullopt;
    return folder;
}

std::vector<fs::path> installed_folders() {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator entry(models_folder(), error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.extension() == ".partial") continue;
        if (is_file(path / "config.json") || holds_gguf(path)) folders.push_back(path);
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

}  // namespace fovea
