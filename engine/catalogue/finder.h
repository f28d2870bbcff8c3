#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/catalogue/discover.h"

namespace fovea {

/// What a discovery has found and what it may still spend. Each place has its own find_in_…, which
/// puts its models here.
class Finder {
  public:
    explicit Finder(const CancelToken& cancel) : cancel_(cancel) {}

    /// A new place, with a budget of its own: one vast folder does not hide the others.
    void begin(const std::filesystem::path& place, ModelSource source);

    /// What lies in a folder, by name, without hidden entries; empty where there is no such folder,
    /// where it was seen before (a circle of links), or where the budget is used up.
    std::vector<std::filesystem::path> list(const std::filesystem::path& folder);

    /// A model, unless the same one was found before.
    void add(std::string name, FoundModel model);

    Discovery take() { return std::move(discovery_); }

  private:
    const CancelToken& cancel_;
    std::filesystem::path place_;
    ModelSource source_ = ModelSource::installed;
    int entries_left_ = 0;
    bool exhausted_ = false;
    std::set<std::filesystem::path> seen_folders_;  // canonical, of this place
    std::set<std::filesystem::path> seen_models_;   // canonical
    Discovery discovery_;
};

bool is_folder(const std::filesystem::path& path);
/// Links are followed; devices and pipes, which would block, are none.
bool is_file(const std::filesystem::path& path);

/// The text of a small file; nullopt where it is no file, cannot be read or is larger.
std::optional<std::string> read_small_file(const std::filesystem::path& path, size_t largest);

/// A folder that holds a config.json.
FoundModel describe_folder(const std::filesystem::path& folder);
/// A GGUF file, whatever its name.
FoundModel describe_gguf(const std::filesystem::path& file);

/// The files in `paths` that are whole models in GGUF: neither the projector of a vision model nor
/// the second and later parts of a split one.
std::vector<std::filesystem::path> gguf_models(const std::vector<std::filesystem::path>& paths);

/// "Qwen/Qwen3-0.6B" for "models--Qwen--Qwen3-0.6B"; nullopt where it is no such folder.
std::optional<std::string> hub_name_of_cache_folder(const std::filesystem::path& folder);
/// The snapshot that the main branch points at, else the newest; nullopt where there is none.
std::optional<std::filesystem::path> hub_snapshot(const std::filesystem::path& cache_folder);

void find_in_installed(const std::filesystem::path& place, Finder& finder);
void find_in_hugging_face(const std::filesystem::path& place, Finder& finder);
/// One "models--owner--name" folder.
void find_in_hub_cache_folder(const std::filesystem::path& folder, Finder& finder);
void find_in_ollama(const std::filesystem::path& place, Finder& finder);
void find_in_lm_studio(const std::filesystem::path& place, Finder& finder);
void find_in_own(const std::filesystem::path& place, Finder& finder);

}  // namespace fovea
