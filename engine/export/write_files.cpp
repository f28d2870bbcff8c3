#include "engine/export/write_files.h"

#include <exception>
#include <new>
#include <system_error>

#include "engine/core/memory_shortage.h"
#include "engine/export/list.h"
#include "engine/io/files.h"

namespace fovea {

#define FOVEA_DECLARE(name) Exporter name##_exporter();
FOVEA_EXPORTERS(FOVEA_DECLARE)
#undef FOVEA_DECLARE

const Exporter* exporter_of(const std::filesystem::path& file) {
    const std::string ending = ending_of(file);
    for (const Exporter& exporter : exporters())
        if (exporter.ending == ending) return &exporter;
    return nullptr;
}

namespace {

namespace fs = std::filesystem;

std::string known_endings() {
    std::string list;
    for (const Exporter& exporter : exporters()) {
        if (!list.empty()) list += ' ';
        list += exporter.ending;
    }
    return list;
}

struct NumbersOf {
    double operator()(const ArrayContent& content) const {
        double count = 0;
        for (const ExportArray& array : content.arrays)
            count += static_cast<double>(element_count(array.shape));
        return count;
    }
    double operator()(const TableContent& content) const { return content.numbers; }
    double operator()(const PictureContent&) const { return 0; }
};

/// That it would not fit is better known before hours of writing than after.
Status check_room(const Exporter& exporter, const Destination& destination,
                  const std::vector<FileContent>& contents) {
    double need = 0;
    for (const FileContent& content : contents)
        need += std::visit(NumbersOf(), content.body) * exporter.bytes_a_number;
    if (need == 0) return {};
    std::error_code code;
    const fs::path target = fs::weakly_canonical(destination.file, code);
    if (code || (fs::exists(target, code) && !fs::is_regular_file(target, code))) return {};
    const fs::space_info disk = fs::space(target.parent_path(), code);
    const bool is_no_disk = disk.capacity == 0;  // /proc
    if (code || is_no_disk || need <= static_cast<double>(disk.available)) return {};
    return fail("it takes {} at least, and the disk has {} left: choose {}", size_in_words(need),
                size_in_words(static_cast<double>(disk.available)), destination.smaller);
}

/// A file that has no name yet, and the one that tells of it.
struct Written {
    AtomicFile file;
    std::optional<AtomicFile> companion;
};

Result<Written> write_one(const Exporter& exporter, const FileContent& content,
                          AtomicFile::Links links, const Progress& progress,
                          const CancelToken& cancel) {
    FOVEA_TRY(AtomicFile file, AtomicFile::create(content.file, links));
    FOVEA_CHECK(exporter.write(content, file.temporary(), progress, cancel));
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    Written written{std::move(file), std::nullopt};
    if (!exporter.companion) return written;
    // Nobody chose the name of the companion.
    FOVEA_TRY(AtomicFile companion, AtomicFile::create(content.file.string() + "-metadata.json",
                                                       AtomicFile::Links::replace));
    FOVEA_CHECK(companion.write(exporter.companion(content)));
    FOVEA_CHECK(companion.flush());
    written.companion.emplace(std::move(companion));
    return written;
}

Status write_and_rename(
    const Exporter& exporter, const Destination& destination, const Progress& progress,
    const CancelToken& cancel,
    const std::function<Result<std::vector<FileContent>>(const Exporter&)>& make) {
    const fs::path& name = destination.file;
    const fs::path folder = name.has_parent_path() ? name.parent_path() : fs::path(".");
    std::error_code code;
    if (!fs::is_directory(folder, code)) return fail("there is no folder {}", folder.string());
    if (fs::is_directory(name, code)) return fail("a folder has that name");
    FOVEA_TRY(const std::vector<FileContent> contents, make(exporter));
    FOVEA_CHECK(check_room(exporter, destination, contents));

    // All are safe on the disk before the first has its name.
    using Links = AtomicFile::Links;
    std::vector<Written> written;
    for (const FileContent& content : contents) {
        const bool chosen = written.empty() && destination.name_was_chosen;
        FOVEA_TRY(Written one, write_one(exporter, content, chosen ? Links::follow : Links::replace,
                                         progress, cancel));
        if (contents.size() > 1) FOVEA_CHECK(one.file.flush());
        written.push_back(std::move(one));
    }
    for (Written& one : written) {
        FOVEA_CHECK(one.file.commit());
        if (one.companion) FOVEA_CHECK(one.companion->commit());
    }
    return {};
}

}  // namespace

std::span<const Exporter> exporters() {
#define FOVEA_CALL(name) name##_exporter(),
    static const Exporter list[] = {FOVEA_EXPORTERS(FOVEA_CALL)};
#undef FOVEA_CALL
    return list;
}

Status write_files(const Destination& destination, const Progress& progress,
                   const CancelToken& cancel,
                   const std::function<Result<std::vector<FileContent>>(const Exporter&)>& make) {
    const std::string name = destination.file.string();
    const Exporter* exporter = exporter_of(destination.file);
    if (!exporter)
        return fail("{}: the ending chooses the format; known are {}", name, known_endings());
    try {
        const Status status = write_and_rename(*exporter, destination, progress, cancel, make);
        if (status || status.message() == cancelled_message) return status;
        if (status.message().starts_with(name)) return status;
        return fail("{}: {}", name, status.message());
    } catch (const std::bad_alloc&) {
        return fail("{}: there is not enough memory to write it", name);
    } catch (const std::exception& problem) {
        return fail("{}: {}", name, problem.what());
    }
}

}  // namespace fovea
