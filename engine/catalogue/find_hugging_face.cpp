// The Hugging Face Hub's cache: models--OWNER--NAME/snapshots/COMMIT, whose files are links into
// blobs/. refs/main holds the commit that the main branch had.
#include <algorithm>
#include <system_error>

#include "engine/catalogue/finder.h"
#include "engine/io/files.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "models--";

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    return text;
}

}  // namespace

std::optional<std::string> hub_name_of_cache_folder(const fs::path& folder) {
    std::string name = folder.filename().string();
    if (!name.starts_with(prefix) || name.size() == prefix.size()) return std::nullopt;
    name.erase(0, prefix.size());
    // The Hub allows no name with two dashes in a row.
    for (size_t at = 0; (at = name.find("--", at)) != name.npos; ++at)
        name.replace(at, 2, "/");
    return name;
}

std::optional<fs::path> hub_snapshot(const fs::path& cache_folder) {
    const fs::path snapshots = cache_folder / "snapshots";
    if (const auto text = read_small_file(cache_folder / "refs/main", 256)) {
        const std::string commit = trimmed(*text);
        const bool is_hex =
            !commit.empty() && commit.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (is_hex && is_folder(snapshots / commit)) return snapshots / commit;
    }
    std::optional<fs::path> newest;
    fs::file_time_type newest_time;
    int left = 1000;
    std::error_code error;
    for (fs::directory_iterator entry(snapshots, error), end; !error && entry != end && left-- > 0;
         entry.increment(error)) {
        std::error_code vanished;
        const auto time = fs::last_write_time(entry->path(), vanished);
        if (vanished || !is_folder(entry->path()) || (newest && time <= newest_time)) continue;
        newest = entry->path();
        newest_time = time;
    }
    return newest;
}

void find_in_hub_cache_folder(const fs::path& folder, Finder& finder) {
    const auto name = hub_name_of_cache_folder(folder);
    const auto snapshot = hub_snapshot(folder);
    if (!name || !snapshot) return;
    const std::vector<fs::path> files = finder.list(*snapshot);
    // Only a tokenizer, a data set's card or a part of a pipeline was fetched where there is none.
    if (is_there(*snapshot / "config.json")) finder.add(*name, describe_folder(*snapshot));
    for (const fs::path& file : gguf_models(files))
        finder.add(*name + "/" + file.filename().string(), describe_gguf(file));
}

void find_in_hugging_face(const fs::path& place, Finder& finder) {
    for (const fs::path& folder : finder.list(place))
        find_in_hub_cache_folder(folder, finder);
}

}  // namespace fovea
