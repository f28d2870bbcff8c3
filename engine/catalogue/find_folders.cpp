// Folders of models, however they are nested: those of `fovea get`, LM Studio's OWNER/NAME/*.gguf,
// and the user's own.
#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/finder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// Adds what is in a folder and in those below it, named by the path from `root`.
void find_below(const fs::path& root, const fs::path& folder, int depth, Finder& finder) {
    if (hub_name_of_cache_folder(folder) && is_folder(folder / "snapshots")) {
        find_in_hub_cache_folder(folder, finder);
        return;
    }
    const fs::path relative = folder == root ? root.filename() : folder.lexically_relative(root);
    const std::string name = relative.string();
    const std::vector<fs::path> entries = finder.list(folder);
    bool is_model = false;
    std::vector<fs::path> folders;
    for (const fs::path& entry : entries) {
        if (entry.filename() == "config.json")
            is_model = true;
        else if (is_folder(entry))
            folders.push_back(entry);
    }
    if (is_model) finder.add(name, describe_folder(folder));
    const std::vector<fs::path> files = gguf_models(entries);
    const bool alone = files.size() == 1 && !is_model && folder != root;
    for (const fs::path& file : files)
        finder.add(alone ? name : file.lexically_relative(root).string(), describe_gguf(file));
    // What lies inside a model's folder are its parts: ONNX copies, checkpoints of a training.
    if (is_model || depth == 0) return;
    for (const fs::path& below : folders)
        find_below(root, below, depth - 1, finder);
}

}  // namespace

void find_in_installed(const fs::path& place, Finder& finder) {
    for (const fs::path& folder : finder.list(place)) {
        if (folder.extension() == ".partial" || !is_folder(folder)) continue;
        const std::string name = installed_name(folder);
        const std::vector<fs::path> entries = finder.list(folder);
        if (is_file(folder / "config.json")) {
            finder.add(name, describe_folder(folder));
            continue;
        }
        const std::vector<fs::path> files = gguf_models(entries);
        for (const fs::path& file : files)
            finder.add(files.size() == 1 ? name : name + "/" + file.filename().string(),
                       describe_gguf(file));
    }
}

void find_in_lm_studio(const fs::path& place, Finder& finder) {
    for (const fs::path& owner : finder.list(place))
        if (is_folder(owner))
            for (const fs::path& folder : finder.list(owner))
                if (is_folder(folder)) find_below(place, folder, 0, finder);
}

void find_in_own(const fs::path& place, Finder& finder) {
    constexpr int deepest = 4;
    find_below(place, place, deepest, finder);
}

}  // namespace fovea
