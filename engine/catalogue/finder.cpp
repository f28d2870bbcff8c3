#include "engine/catalogue/finder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "engine/io/file_descriptor.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// A place with more than this is somebody's whole disk.
constexpr int most_entries = 20'000;

}  // namespace

void Finder::begin(const fs::path& place, ModelSource source) {
    place_ = place;
    source_ = source;
    entries_left_ = most_entries;
    exhausted_ = false;
    seen_folders_.clear();
}

std::vector<fs::path> Finder::list(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    const fs::path canonical = fs::canonical(folder, error);
    if (error || !seen_folders_.insert(canonical).second) return paths;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (cancel_.cancelled()) break;
        if (entries_left_-- <= 0) {
            if (!exhausted_)
                discovery_.remarks.push_back(
                    fmt::format("{}: holds more than {} entries; not all of them were looked at",
                                place_.string(), most_entries));
            exhausted_ = true;
            break;
        }
        if (!entry->path().filename().native().starts_with('.')) paths.push_back(entry->path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void Finder::add(std::string name, FoundModel model) {
    std::error_code error;
    fs::path canonical = fs::canonical(model.path, error);
    if (error) canonical = model.path;
    // The same file under two tags of Ollama is two names that both must work.
    if (source_ != ModelSource::ollama && !seen_models_.insert(canonical).second) return;
    seen_models_.insert(canonical);
    model.name = std::move(name);
    model.source = source_;
    discovery_.models.push_back(std::move(model));
}

bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

std::optional<std::string> read_small_file(const fs::path& path, size_t largest) {
    // Never waits for the other end of a pipe that has this name.
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status = {};
    if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size < 0 || static_cast<std::uint64_t>(status.st_size) > largest) {
        return std::nullopt;
    }
    std::string text(static_cast<size_t>(status.st_size), '\0');
    size_t used = 0;
    while (used < text.size()) {
        const ssize_t count = ::read(file.get(), text.data() + used, text.size() - used);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        used += static_cast<size_t>(count);
    }
    text.resize(used);
    return text;
}

}  // namespace fovea
