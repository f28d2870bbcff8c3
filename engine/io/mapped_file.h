#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "engine/core/result.h"
#include "engine/io/file_descriptor.h"
#include "engine/io/mapping_guard.h"

namespace fovea {

/// A file mapped read-only into memory for as long as any copy of the pointer lives.
class MappedFile {
  public:
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return bytes_; }
    const std::filesystem::path& path() const { return path_; }

    /// An error once the file has become shorter than it was, or its disk fails. What is gone reads
    /// as zeros: whoever has computed with the bytes asks afterwards.
    Status intact() const;

  private:
    MappedFile() = default;
    std::filesystem::path path_;
    FileDescriptor descriptor_;
    std::span<const std::byte> bytes_;
    std::optional<MappingGuard> guard_;
};

}  // namespace fovea
