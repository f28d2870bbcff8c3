#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "engine/core/result.h"

namespace fovea {

/// A file being written, every step of it checked. Errors are the system's reason alone ("No space
/// left on device"): whoever knows the name that the person chose puts it in front.
class OutputFile {
  public:
    /// Opens an existing or a new file and empties it.
    static Result<OutputFile> open(const std::filesystem::path& file);
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile();

    Status write(std::span<const std::byte> bytes);
    Status write(std::string_view text);
    /// Without this the file does not count as written.
    Status close();

  private:
    explicit OutputFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

/// Writes a whole small file.
Status write_file(const std::filesystem::path& file, std::string_view text);

}  // namespace fovea
