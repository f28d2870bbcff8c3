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

/// What a file's name ends in, in small letters: ".png" of "A.PNG"; "" where it has no ending.
std::string ending_of(const std::filesystem::path& file);

/// A link that leads nowhere counts: opening it gives the better message.
bool is_there(const std::filesystem::path& path);

/// A file that appears under its name only when it is whole. Until commit() it has no name at all
/// (O_TMPFILE), so that even a process that is killed leaves nothing; where the file system has no
/// such files, it has one beside its destination. Whatever goes wrong before commit() leaves the
/// destination as it was. One that is no regular file (/dev/stdout) is written straight. Any
/// thread.
class AtomicFile {
  public:
    /// What becomes of a destination that is a symbolic link: it stays, and what it points to is
    /// written; or, where no person chose the name, the file takes its place.
    enum class Links { follow, replace };

    static Result<AtomicFile> create(const std::filesystem::path& destination,
                                     Links links = Links::follow);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    Status write(std::span<const std::byte> bytes);
    Status write(std::string_view text);
    /// To the disk: what can still fail fails here, before the file has its name.
    Status flush();
    /// Flushes, and gives the file its name.
    Status commit();

    /// What to open, once more, to write the bytes elsewhere; it must not be replaced by another
    /// file.
    const std::filesystem::path& temporary() const { return temporary_; }

  private:
    AtomicFile() = default;
    Error failed(int error) const;
    bool open_unnamed();
    bool open_named();
    bool take_name();
    std::filesystem::path destination_;  // as the caller named it, for messages
    std::filesystem::path target_;       // with symbolic links followed
    std::filesystem::path temporary_;
    FileDescriptor descriptor_;
    bool flushed_ = false;
    enum class Kind { straight, unnamed, named } kind_ = Kind::straight;
};

Status write_file_atomically(const std::filesystem::path& path, std::string_view text);
Status write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace fovea
