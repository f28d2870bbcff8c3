#pragma once

#include <filesystem>

namespace fovea::app {

/// Hands a PNG file to the clipboard through wl-copy or xclip; false where neither is there or
/// neither took it. Blocks until the program has read the file; any thread.
bool copy_picture_file(const std::filesystem::path& png);

}  // namespace fovea::app
