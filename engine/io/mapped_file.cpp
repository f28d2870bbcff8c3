#include "engine/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace fovea {

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
    FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!descriptor.valid()) return fail("{}: {}", path.string(), std::strerror(errno));
    struct stat status = {};
    if (::fstat(descriptor.get(), &status) != 0) {
        return fail("{}: {}", path.string(), std::strerror(errno));
    }
    if (S_ISDIR(status.st_mode)) return fail("{}: is a folder, not a file", path.string());
    if (!S_ISREG(status.st_mode)) return fail("{}: not a regular file", path.string());

    std::shared_ptr<MappedFile> file(new MappedFile);
    file->path_ = path;
    // mmap refuses a length of zero; an empty file is simply no bytes.
    if (status.st_size == 0) return std::shared_ptr<const MappedFile>(std::move(file));
    const auto size = static_cast<size_t>(status.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
    if (address == MAP_FAILED) {
        return fail("{}: cannot be mapped into memory: {}", path.string(), std::strerror(errno));
    }
    file->bytes_ = {static_cast<const std::byte*>(address), size};
    file->descriptor_ = std::move(descriptor);
    file->guard_.emplace(file->bytes_, file->descriptor_.get());
    return std::shared_ptr<const MappedFile>(std::move(file));
}

Status MappedFile::intact() const {
    struct stat status = {};
    const bool known = ::fstat(descriptor_.get(), &status) == 0;
    const bool shorter = known && static_cast<size_t>(status.st_size) < bytes_.size();
    if (bytes_.empty() || (!guard_->lost() && !shorter)) return {};
    if (shorter)
        return fail("{}: has become shorter while it was in use ({} bytes, before {})",
                    path_.string(), status.st_size, bytes_.size());
    return fail("{}: could not be read to its end while it was in use", path_.string());
}

MappedFile::~MappedFile() {
    guard_.reset();
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace fovea
