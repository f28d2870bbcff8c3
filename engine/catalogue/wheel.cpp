// Python's pip downloads the wheel; libzip reads it.
#include "engine/catalogue/wheel.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "engine/io/child_process.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

ScratchFolder::ScratchFolder(fs::path path) : path_(std::move(path)) {
    clear();
}

ScratchFolder::~ScratchFolder() {
    clear();
}

void ScratchFolder::clear() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::uint64_t ScratchFolder::size() const {
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

Result<fs::path> download_wheel(FetchJob& job, const std::string& package,
                                const ScratchFolder& scratch,
                                const std::function<void()>& while_it_runs) {
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
    child.arguments.push_back(package);
    child.environment = {"TMPDIR=" + temporary.string(), "PIP_DISABLE_PIP_VERSION_CHECK=1"};
    child.working_folder = wheels;
    child.while_it_runs = while_it_runs;
    const auto outcome = run_child(child, job.cancel);
    if (job.cancel.cancelled()) return job.cancelled();
    if (!outcome) return outcome.error();
    if (outcome->exit_status != 0) {
        return fail("{}: pip failed: {}", package, last_error_line(outcome->output));
    }
    for (const auto& entry : fs::directory_iterator(wheels, error)) {
        if (entry.path().extension() == ".whl") return entry.path();
    }
    return fail("{}: pip left no wheel", package);
}

void Wheel::ArchiveDeleter::operator()(zip* archive) const {
    zip_discard(archive);
}

Result<Wheel> Wheel::open(const fs::path& file, std::string package) {
    int code = 0;
    Wheel wheel;
    wheel.archive_.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
    wheel.package_ = std::move(package);
    if (wheel.archive_) return wheel;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    Error message = fail("{}: {}", file.filename().string(), zip_error_strerror(&error));
    zip_error_fini(&error);
    return message;
}

Status Wheel::read(const std::string& member, const Sink& sink) const {
    struct FileDeleter {
        void operator()(zip_file_t* file) const { zip_fclose(file); }
    };
    const std::unique_ptr<zip_file_t, FileDeleter> stream(
        zip_fopen(archive_.get(), member.c_str(), 0));
    if (!stream) return fail("{}: {}: {}", package_, member, zip_strerror(archive_.get()));
    std::vector<std::byte> buffer(1 << 20);
    for (;;) {
        const zip_int64_t count = zip_fread(stream.get(), buffer.data(), buffer.size());
        if (count < 0) return fail("{}: {}: {}", package_, member, zip_file_strerror(stream.get()));
        if (count == 0) return {};
        FOVEA_CHECK(sink(std::span(buffer).first(static_cast<size_t>(count))));
    }
}

}  // namespace fovea
