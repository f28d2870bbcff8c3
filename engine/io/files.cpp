#include "engine/io/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
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

constexpr size_t largest_text = size_t{1} << 30;

}  // namespace

std::string ending_of(const std::filesystem::path& file) {
    std::string ending = file.extension().string();
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return ending;
}

bool is_there(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::symlink_status(path, error).type() !=
           std::filesystem::file_type::not_found;
}

Result<std::string> read_text_file(const std::filesystem::path& path) {
    const FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor.valid()) return fail("{}: {}", path.string(), std::strerror(errno));
    struct stat status = {};
    if (::fstat(descriptor.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return fail("{}: is a folder, not a file", path.string());
    }
    // The size is a hint only: files under /proc say 0, pipes have none, and a file of holes says
    // anything.
    std::string text;
    size_t used = 0;
    const bool has_size = S_ISREG(status.st_mode);
    if (has_size && static_cast<size_t>(status.st_size) > largest_text)
        return fail("{}: {} bytes are too many for a text", path.string(), status.st_size);
    text.resize(has_size ? static_cast<size_t>(status.st_size) + 1 : 1 << 16);
    for (;;) {
        if (used > largest_text) return fail("{}: is too long for a text", path.string());
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
      flushed_(other.flushed_),
      kind_(std::exchange(other.kind_, Kind::straight)) {}

AtomicFile::~AtomicFile() {
    if (kind_ == Kind::named) ::unlink(temporary_.c_str());
}

bool AtomicFile::open_unnamed() {
    const auto folder = target_.has_parent_path() ? target_.parent_path() : ".";
    FileDescriptor opened(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
    if (!opened.valid()) return false;
    // The only way to it for others, and to a name.
    const std::filesystem::path way = "/proc/self/fd/" + std::to_string(opened.get());
    if (::access(way.c_str(), W_OK) != 0) return false;
    descriptor_ = std::move(opened);
    temporary_ = way;
    kind_ = Kind::unnamed;
    return true;
}

bool AtomicFile::open_named() {
    std::string name = target_.string() + ".XXXXXX";
    descriptor_ = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (!descriptor_.valid()) return false;
    ::fchmod(descriptor_.get(), default_mode());
    temporary_ = name;
    kind_ = Kind::named;
    return true;
}

/// An unnamed file gets a name beside the target, since one that is taken cannot be given away
/// without a moment in which there is no file. False with errno.
bool AtomicFile::take_name() {
    std::random_device random;
    for (int attempt = 0; attempt < 100; ++attempt) {
        const std::string name =
            fmt::format("{}.{:08x}", target_.string(), static_cast<std::uint32_t>(random()));
        if (::linkat(AT_FDCWD, temporary_.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) ==
            0) {
            temporary_ = name;
            kind_ = Kind::named;
            return true;
        }
        if (errno != EEXIST) return false;
    }
    return false;
}

Error AtomicFile::failed(int error) const {
    return fail("{}: cannot be written: {}", destination_.string(), std::strerror(error));
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& destination, Links links) {
    AtomicFile file;
    file.destination_ = destination;
    file.target_ = destination;
    std::error_code ignored;
    const bool follow = links == Links::follow;
    if (follow && std::filesystem::is_symlink(destination, ignored)) {
        const auto followed = std::filesystem::weakly_canonical(destination, ignored);
        if (!followed.empty()) file.target_ = followed;
    }
    struct stat status = {};
    const bool exists =
        ::fstatat(AT_FDCWD, file.target_.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISLNK(status.st_mode);
    if (exists && S_ISDIR(status.st_mode)) return file.failed(EISDIR);
    if (exists && !S_ISREG(status.st_mode)) {
        file.temporary_ = file.target_;
        file.descriptor_ = FileDescriptor(::open(file.target_.c_str(), O_WRONLY | O_CLOEXEC));
        if (!file.descriptor_.valid()) return file.failed(errno);
        return file;
    }
    if (exists && ::access(file.target_.c_str(), W_OK) != 0) return file.failed(errno);

    if (!file.open_unnamed() && !file.open_named()) return file.failed(errno);
    if (exists) ::fchmod(file.descriptor_.get(), status.st_mode & 07777);
    return file;
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
    flushed_ = false;
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

Status AtomicFile::flush() {
    // A pipe or a device cannot be flushed.
    if (kind_ != Kind::straight && !flushed_ && ::fsync(descriptor_.get()) != 0)
        return failed(errno);
    flushed_ = true;
    return {};
}

Status AtomicFile::commit() {
    FOVEA_CHECK(flush());
    if (kind_ == Kind::straight) return descriptor_.close() == 0 ? Status() : failed(errno);
    if (kind_ == Kind::unnamed) {
        if (::linkat(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), AT_SYMLINK_FOLLOW) ==
            0) {
            kind_ = Kind::straight;
            return descriptor_.close() == 0 ? Status() : failed(errno);
        }
        if (errno != EEXIST || !take_name()) return failed(errno);
    }
    if (descriptor_.close() != 0) return failed(errno);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) return failed(errno);
    kind_ = Kind::straight;
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
