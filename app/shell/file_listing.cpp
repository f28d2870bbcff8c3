#include "app/shell/file_listing.h"

#include <algorithm>
#include <system_error>

#include "app/panels/export_job.h"
#include "app/state/session_file.h"
#include "engine/core/utf8.h"
#include "engine/io/files.h"

namespace fovea::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t most_recent = 10;

fs::path recent_list() {
    return state_file().parent_path() / "recent-files";
}

/// What all begin with alike, whole characters of it.
std::string common_beginning(const std::vector<std::string>& names) {
    std::string common = names.front();
    for (const std::string& name : names) {
        const auto [end, ignored] =
            std::mismatch(common.begin(), common.end(), name.begin(), name.end());
        common.erase(end, common.end());
    }
    for (size_t at = 0; at < common.size();) {
        const size_t next = text::next_character(names.front(), at);
        if (next > common.size()) common.resize(at);
        at = next;
    }
    return common;
}

}  // namespace

FileListing list_files(const std::string& typed) {
    FileListing listing;
    listing.typed = listing.completed = typed;
    listing.recent = recent_files();
    if (typed == "~") {
        listing.matches = {"~/"};
        listing.completed = "~/";
        return listing;
    }
    const size_t slash = typed.rfind('/');
    const std::string folder = slash == typed.npos ? "" : typed.substr(0, slash + 1);
    const std::string begun = typed.substr(folder.size());
    std::error_code error;
    fs::directory_iterator entries(folder.empty() ? fs::path(".") : expanded(folder),
                                   fs::directory_options::skip_permission_denied, error);
    if (error) {
        listing.error = folder + ": " + error.message();
        return listing;
    }
    std::vector<std::string> folders, files;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        // Hidden ones are for those who ask for them.
        if (!name.starts_with(begun) || (name.starts_with('.') && !begun.starts_with('.')))
            continue;
        std::error_code unknown;
        const bool is_folder = entries->is_directory(unknown);
        if (!is_folder && ending_of(entries->path()) != ".json") continue;
        (is_folder ? folders : files).push_back(folder + name + (is_folder ? "/" : ""));
    }
    std::sort(folders.begin(), folders.end());
    std::sort(files.begin(), files.end());
    listing.matches = std::move(folders);
    listing.matches.insert(listing.matches.end(), files.begin(), files.end());
    if (!listing.matches.empty()) listing.completed = common_beginning(listing.matches);
    return listing;
}

std::vector<std::string> recent_files() {
    std::vector<std::string> files;
    const auto text = read_text_file(recent_list());
    if (!text) return files;
    std::string_view rest = *text;
    while (!rest.empty() && files.size() < most_recent) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        const std::string file(rest.substr(0, end));
        rest.remove_prefix(std::min(rest.size(), end + 1));
        std::error_code error;
        if (!file.empty() && fs::is_regular_file(file, error)) files.push_back(file);
    }
    return files;
}

Status remember_file(const fs::path& file) {
    std::error_code error;
    const std::string name = fs::absolute(file, error).lexically_normal().string();
    // A line of the list is a file.
    if (error || name.find('\n') != name.npos) return {};
    std::vector<std::string> files = recent_files();
    std::erase(files, name);
    files.insert(files.begin(), name);
    files.resize(std::min(files.size(), most_recent));
    std::string text;
    for (const std::string& each : files)
        text += each + "\n";
    return write_session_file(text, recent_list());
}

}  // namespace fovea::app
