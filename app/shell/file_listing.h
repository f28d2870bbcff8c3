#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace fovea::app {

/// What stands beside a path that is being typed, and the files used last. It asks the disk: for a
/// thread that may wait.
struct FileListing {
    std::string typed;  ///< what it was made for
    /// `typed` and what all matches have in common behind it; a folder that is the only match ends
    /// in "/".
    std::string completed;
    /// Folders, which end in "/", then .json files, by name, spelled as `typed` is ("~/…").
    std::vector<std::string> matches;
    std::vector<std::string> recent;  ///< the newest first, those that are still there
    std::string error;                ///< why there is nothing to choose from; empty: nothing wrong
};

FileListing list_files(const std::string& typed);

/// Sessions and edits that were saved or opened, the newest first, at most ten. They are this
/// desk's: kept beside the state file, in no session.
std::vector<std::string> recent_files();
Status remember_file(const std::filesystem::path& file);

}  // namespace fovea::app
