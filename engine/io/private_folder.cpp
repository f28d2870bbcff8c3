#include "engine/io/private_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace fovea {

Result<PrivateFolder> PrivateFolder::create() {
    std::error_code error;
    const std::filesystem::path place = std::filesystem::temp_directory_path(error);
    if (error) return fail("there is no folder for temporary files: {}", error.message());
    std::string name = (place / "fovea-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        return fail("{}: no folder for temporary files can be made: {}", place.string(),
                    std::strerror(errno));
    return PrivateFolder(name);
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

PrivateFolder::~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace fovea
