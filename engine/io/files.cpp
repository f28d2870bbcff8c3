#include "engine/io/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace fovea {
namespace {

/// What a file made by open(..., 0666) would get; mkostemp gives the owner alone the right to read.
mode_t default_mode() {
    // The mask can only be read by setting it, which another thread could see; /proc shows it.
    static const mode_t mode = [] {
        mode_t mask = 022;
        if (auto status = read_text_file("/proc/self/status")) {
            const size_t at = status->find("\nUmask:");
            if (at != std::string::npos) {
                mask = static_cast<mode_t>(std::strtoul(status->c_str() + at + 7, nullptr, 8));
            }
        }
        return static_cast<mode_t>(0666 & ~mask);
    }();
    return mode;
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path) {
    const FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.valid()) return fail("{}: {}", path.string(), std::strerror(errno));
    struct stat status = {};
    if (::fstat(descriptor.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return fail("{}: is a folder, not a file", path.string());
    }
    // The size is a hint only: files under /proc say 0, pipes have none.
    std::string text;
    size_t used = 0;
    text.resize(S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) + 1 : 1 << 16);
    for (;;) {
        const ssize_t count = ::read(descriptor.get(), text.data() + used, text.size() - used);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail("{}: {}", path.string(), std::strerror(errno));
        if (count == 0) break;
        used += static_cast<size_t>(count);
        if (used == text.size()) text.resize(2 * text.size() + (1 << 16));
    }
    text.resize(used);
    return text;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : destination_(std::move(other.destination_)),
      target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::move(other.descriptor_)),
      owns_temporary_(std::exchange(other.owns_temporary_, false)) {}

AtomicFile::~AtomicFile() {
    if (owns_temporary_) ::unlink(temporary_.c_str());
}

Error AtomicFile::failed(int error) const {
    return fail("{}: cannot be written: {}", destination_.string(), std::strerror(error));
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& destination) {
    AtomicFile file;
    file.destination_ = destination;
    file.target_ = destination;
    std::error_code ignored;
    if (std::filesystem::is_symlink(destination, ignored)) {
        const auto followed = std::filesystem::weakly_canonical(destination, ignored);
        if (!followed.empty()) file.target_ = followed;
    }
    struct stat status = {};
    const bool exists = ::stat(file.target_.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return file.failed(EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
        file.temporary_ = file.target_;
        file.descriptor_ = FileDescriptor(::open(file.target_.c_str(), O_WRONLY | O_CLOEXEC));
        if (!file.descriptor_.valid()) return file.failed(errno);
        return file;
    }
    if (exists && ::access(file.target_.c_str(), W_OK) != 0) return file.failed(errno);

    std::string name = file.target_.string() + ".XXXXXX";
    file.descriptor_ = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (!file.descriptor_.valid()) return file.failed(errno);
    file.temporary_ = name;
    file.owns_temporary_ = true;
    ::fchmod(file.descriptor_.get(), exists ? status.st_mode & 07777 : default_mode());
    return file;
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed(errno);
        bytes = bytes.subspan(static_cast<size_t>(count));
    }
    return {};
}

Status AtomicFile::write(std::string_view text) {
    return write(std::as_bytes(std::span(text)));
}

Status AtomicFile::commit() {
    // A pipe or a device cannot be flushed and needs no renaming.
    if (!owns_temporary_) return descriptor_.close() == 0 ? Status() : failed(errno);
    // A library may have replaced the file under its name; what counts is what stands there now.
    descriptor_.close();
    descriptor_ = FileDescriptor(::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor_.valid()) return failed(errno);
    if (::fsync(descriptor_.get()) != 0 || descriptor_.close() != 0) return failed(errno);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) return failed(errno);
    owns_temporary_ = false;
    return {};
}

Status write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    FOVEA_TRY(AtomicFile file, AtomicFile::create(path));
    FOVEA_CHECK(file.write(bytes));
    return file.commit();
}

Status write_file_atomically(const std::filesystem::path& path, std::string_view text) {
    return write_file_atomically(path, std::as_bytes(std::span(text)));
}

}  // namespace fovea
