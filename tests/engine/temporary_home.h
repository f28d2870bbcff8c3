#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace fovea {

/// A folder for $XDG_DATA_HOME that vanishes with the test.
class TemporaryHome {
  public:
    TemporaryHome() {
        std::string name = (std::filesystem::temp_directory_path() / "fovea home-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
        ::setenv("XDG_DATA_HOME", path_.c_str(), 1);
    }
    ~TemporaryHome() {
        ::unsetenv("XDG_DATA_HOME");
        std::filesystem::remove_all(path_);
    }
    TemporaryHome(const TemporaryHome&) = delete;
    TemporaryHome& operator=(const TemporaryHome&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path models() const { return path_ / "fovea/models"; }

  private:
    std::filesystem::path path_;
};

}  // namespace fovea
