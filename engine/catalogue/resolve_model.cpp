#include <algorithm>
#include <system_error>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/discover.h"
#include "engine/catalogue/finder.h"
#include "engine/io/files.h"
#include "engine/io/gguf.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

std::string name_of_path(const fs::path& path) {
    std::error_code ignored;
    const fs::path whole = fs::absolute(path, ignored).lexically_normal();
    const fs::path last = whole.has_filename() ? whole : whole.parent_path();
    // A snapshot of the Hub's cache is called by its commit, which nobody knows.
    if (last.parent_path().filename() == "snapshots")
        if (const auto name = hub_name_of_cache_folder(last.parent_path().parent_path()))
            return *name;
    if (const auto name = hub_name_of_cache_folder(last)) return *name;
    if (last.parent_path() == models_folder()) return installed_name(last);
    return last.filename().string();
}

/// What is to be opened in a folder: itself, its snapshot where it is one of the Hub's cache, or
/// the one GGUF file in it.
Result<fs::path> inside(const fs::path& folder) {
    if (is_file(folder / "config.json")) return folder;
    if (hub_name_of_cache_folder(folder))
        if (const auto snapshot = hub_snapshot(folder)) return inside(*snapshot);
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (ending_of(entry->path()) == ".gguf") entries.push_back(entry->path());
    const std::vector<fs::path> files = gguf_models(entries);
    if (files.size() == 1) return files[0];
    if (files.empty()) return folder;  // whoever opens it says what is missing
    return fail("{}: holds {} GGUF files; name one of them", folder.string(), files.size());
}

Result<ResolvedModel> from_path(const fs::path& path) {
    if (is_folder(path)) {
        FOVEA_TRY(const fs::path found, inside(path));
        return ResolvedModel{found, name_of_path(path)};
    }
    if (is_gguf_file(path)) return ResolvedModel{path, path.stem().string()};
    return fail("{}: is a file; a model is a folder that holds its config.json, or a GGUF file",
                path.string());
}

/// "gpt2" stands for "openai-community/gpt2", and "gemma3" for "gemma3:latest".
bool is_short_for(std::string_view asked, const FoundModel& model) {
    const std::string_view name = model.name;
    return (name.size() > asked.size() && name.ends_with(asked) &&
            name[name.size() - asked.size() - 1] == '/') ||
           (model.source == ModelSource::ollama && name == std::string(asked) + ":latest");
}

Result<ResolvedModel> among_found(std::string_view asked, std::string_view catalogue_names) {
    const Discovery discovery = discover_models();
    std::vector<const FoundModel*> exact, loose;
    for (const FoundModel& model : discovery.models) {
        if (model.name == asked) exact.push_back(&model);
        if (is_short_for(asked, model)) loose.push_back(&model);
    }
    const auto& matches = exact.empty() ? loose : exact;
    // One that can be opened first: a half-fetched copy in one place hides no whole one.
    const auto best = std::find_if(matches.begin(), matches.end(),
                                   [](const FoundModel* model) { return model->can_open; });
    if (best != matches.end()) return ResolvedModel{(*best)->path, (*best)->name};
    // Its tokenizer may do where its weights do not; whoever opens the folder says what is wrong.
    if (!matches.empty() && is_folder(matches[0]->path))
        return ResolvedModel{matches[0]->path, matches[0]->name};
    if (!matches.empty())
        return fail("{} ({}): {}", matches[0]->name, matches[0]->path.string(),
                    matches[0]->why_not);
    return fail(
        "{}: neither a folder nor a model that is known by name ({}); 'fovea models' lists those "
        "on this machine",
        asked, catalogue_names);
}

}  // namespace

Result<ResolvedModel> find_model(std::string_view asked) {
    const fs::path path(asked);
    std::error_code ignored;
    if (!asked.empty() && fs::exists(path, ignored)) return from_path(path);
    FOVEA_TRY(const auto entries, catalogue());
    std::string known;
    for (const CatalogueEntry& entry : entries) {
        if (entry.name == asked) {
            if (const auto folder = installed(entry)) {
                FOVEA_TRY(const fs::path found, inside(*folder));
                return ResolvedModel{found, entry.name};
            }
        }
        known += (known.empty() ? "" : ", ") + entry.name;
    }
    auto found = among_found(asked, known);
    if (found) return found;
    for (const CatalogueEntry& entry : entries)
        if (entry.name == asked)
            return fail("model '{0}' is not installed; 'fovea get {0}' fetches it", entry.name);
    return found;
}

Result<fs::path> resolve_model(std::string_view asked) {
    FOVEA_TRY(ResolvedModel model, find_model(asked));
    return std::move(model.path);
}

}  // namespace fovea
