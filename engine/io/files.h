#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/io/file_descriptor.h"

namespace fovea {

/// The whole of a file (or a pipe), as it is: the bytes need not be UTF-8.
Result<std::string> read_text_file(const std::filesystem::path& path);

/// A file that appears under its name only when it is whole: it is written beside its destination
/// and renamed by commit(). Whatever goes wrong before leaves the destination as it was and nothing
/// beside it. A destination that is no regular file (/dev/stdout) is written straight. Any thread.
class AtomicFile {
  public:
    static Result<AtomicFile> create(const std::filesystem::path& destination);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    Status write(std::span<const std::byte> bytes);
    Status write(std::string_view text);
    /// Flushes to the disk and renames.
    Status commit();

    /// Where the bytes are until commit(), for libraries that want a name to write to.
    const std::filesystem::path& temporary() const { return temporary_; }

  private:
    AtomicFile() = default;
    Error failed(int error) const;
    std::filesystem::path destination_;  // as the caller named it, for messages
    std::filesystem::path target_;       // with symbolic links followed
    std::filesystem::path temporary_;
    FileDescriptor descriptor_;
    bool owns_temporary_ = false;
};

Status write_file_atomically(const std::filesystem::path& path, std::string_view text);
Status write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace fovea
