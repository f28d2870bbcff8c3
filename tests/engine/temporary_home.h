#pragma once

#include <cstdlib>
#include <filesystem>

#include "temporary_folder.h"

namespace fovea {

/// A folder for $XDG_DATA_HOME that vanishes with the test.
class TemporaryHome {
  public:
    TemporaryHome() { ::setenv("XDG_DATA_HOME", path().c_str(), 1); }
    ~TemporaryHome() { ::unsetenv("XDG_DATA_HOME"); }

    const std::filesystem::path& path() const { return folder_.path(); }
    std::filesystem::path models() const { return folder_ / "fovea/models"; }

  private:
    test::TemporaryFolder folder_{"fovea home-"};
};

}  // namespace fovea
