#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/checksum.h"
#include "engine/core/result.h"
#include "engine/io/file_descriptor.h"

namespace fovea {

/// What a fetch is at: shared by its sources, used on its thread only.
struct FetchJob {
    const CatalogueEntry& entry;
    std::filesystem::path folder;  ///< NAME.partial, where the files gather
    const Progress& progress;
    const CancelToken& cancel;
    std::uint64_t bytes_done = 0;   ///< of the files that are whole
    double share_begin = 0;         ///< of the progress, where a source brings all files and
    double share_end = 1;           ///< then goes through them
    bool no_use_elsewhere = false;  ///< the disk fails or the user has cancelled: another source
                                    ///< would fare no better

    void report(std::string_view what, std::uint64_t bytes_of_current) const;
    /// Raises no_use_elsewhere.
    Error local(Error error);
    Error cancelled() { return local(Error{std::string(cancelled_message)}); }
};

/// An empty sum of the kind that the catalogue has of this file, and what it should come to.
Checksum empty_sum(const CatalogueFile& file);
const std::string& expected_sum(const CatalogueFile& file);

/// A catalogue file on its way: PATH.part until every byte is there and the checksum is right.
class IncomingFile {
  public:
    /// Takes up what an earlier call left.
    static Result<IncomingFile> open(FetchJob& job, const CatalogueFile& file);

    /// Bytes that are there.
    std::uint64_t size() const { return size_; }
    Status append(std::span<const std::byte> bytes);
    /// Forgets what is there.
    Status restart();
    /// Gives the file its name. A wrong checksum or too few bytes are errors; bytes with a wrong
    /// checksum are thrown away.
    Status finish(std::string_view source);

  private:
    IncomingFile(FetchJob& job, const CatalogueFile& file);
    Error local_error();

    FetchJob* job_;
    const CatalogueFile* file_;
    std::filesystem::path target_;
    std::filesystem::path part_;
    FileDescriptor descriptor_;
    Checksum sum_;
    std::uint64_t size_ = 0;
};

}  // namespace fovea
