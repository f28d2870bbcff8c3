#include "engine/io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/io/file_descriptor.h"

namespace fovea {

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
    const FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
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
    return std::shared_ptr<const MappedFile>(std::move(file));
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace fovea
