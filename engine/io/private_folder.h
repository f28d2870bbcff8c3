#pragma once

#include <filesystem>

#include "engine/core/result.h"

namespace fovea {

/// A folder for temporary files that nobody else may look into (mkdtemp, mode 0700) and whose name
/// nobody can foretell, so that no link can be planted in it. Gone with all that is in it at the
/// end.
class PrivateFolder {
  public:
    static Result<PrivateFolder> create();
    PrivateFolder(PrivateFolder&& other) noexcept;
    PrivateFolder& operator=(PrivateFolder&&) = delete;
    ~PrivateFolder();

    const std::filesystem::path& path() const { return path_; }

  private:
    explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace fovea
