#include "engine/export/write_files.h"

#include <algorithm>
#include <exception>
#include <new>
#include <nlohmann/json.hpp>
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

fs::path companion_of(const fs::path& file) {
    return file.string() + "-metadata.json";
}

/// What a companion says of its file's origin; null: Fovea did not write it.
nlohmann::json origin_in(const fs::path& companion) {
    const auto text = read_text_file(companion);
    if (!text) return {};
    nlohmann::json origin = nlohmann::json::parse(*text, nullptr, false);
    if (!origin.is_object()) return {};
    if (const auto notes = origin.find("notes");
        notes != origin.end() && notes->is_array() && !notes->empty())
        origin = nlohmann::json(notes->front());
    const auto version = origin.is_object() ? origin.find("version") : origin.end();
    if (version == origin.end() || !version->is_string()) return {};
    if (!version->get_ref<const std::string&>().starts_with("fovea ")) return {};
    return origin;
}

bool is_of_same_analysis(const nlohmann::json& origin, const Metadata& metadata) {
    const auto named = std::ranges::find(metadata, "analysis", &MetadataEntry::key);
    if (!origin.is_object() || named == metadata.end()) return false;
    const auto analysis = origin.find("analysis");
    return analysis != origin.end() && *analysis == named->value;
}

/// Of a link only the link would be lost, and a folder is in the way anyhow.
bool holds_something(const fs::path& file) {
    std::error_code code;
    return fs::symlink_status(file, code).type() == fs::file_type::regular;
}

/// What nobody named and somebody else wrote.
Status spare_others(const Exporter& exporter, const std::vector<FileContent>& contents) {
    if (!exporter.companion) return {};
    for (const FileContent& content : contents) {
        const fs::path companion = companion_of(content.file);
        const bool named = &content == &contents.front();
        const bool told = holds_something(companion);
        if (!told && (named || !holds_something(content.file))) continue;
        const nlohmann::json origin = origin_in(companion);
        if (told && origin.is_null())
            return fail(
                "{} would go beside it, and a file of that name is there that Fovea did not write: "
                "move it, or choose another name",
                companion.filename().string());
        if (!named && holds_something(content.file) &&
            !is_of_same_analysis(origin, content.metadata))
            return fail(
                "{} would go beside it, and a file of that name is there that this analysis did "
                "not write: move it, or choose another name",
                content.file.filename().string());
    }
    return {};
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
    FOVEA_TRY(AtomicFile companion,
              AtomicFile::create(companion_of(content.file), AtomicFile::Links::replace));
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
    if (!destination.may_replace) FOVEA_CHECK(spare_others(exporter, contents));

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

std::vector<fs::path> files_written(const fs::path& file) {
    std::vector<fs::path> files = {file};
    const Exporter* exporter = exporter_of(file);
    if (exporter && exporter->companion) files.push_back(companion_of(file));
    return files;
}

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
