#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "engine/core/result.h"

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

  private:
    MappedFile() = default;
    std::filesystem::path path_;
    std::span<const std::byte> bytes_;
};

}  // namespace fovea
