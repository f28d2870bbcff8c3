#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace fovea {

/// A folder from the environment. The XDG rules say that relative ones are to be ignored, and no
/// other variable means anything useful by one.
std::optional<std::filesystem::path> absolute_from_environment(const char* name);

/// The absolute folders of a list between colons, as in $PATH.
std::vector<std::filesystem::path> folders_from_environment(const char* name);

/// $HOME, or what the system knows of the user; "/" where nobody knows.
std::filesystem::path home_folder();

/// `$XDG_DATA_HOME/fovea`, or `~/.local/share/fovea`.
std::filesystem::path data_folder();

}  // namespace fovea
