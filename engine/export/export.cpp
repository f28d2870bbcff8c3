#include "engine/export/export.h"

#include <charconv>
#include <exception>
#include <new>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/core/memory_shortage.h"
#include "engine/core/version.h"
#include "engine/export/arrays.h"
#include "engine/export/list.h"
#include "engine/export/selection.h"
#include "engine/export/visible_text.h"
#include "engine/io/files.h"

namespace fovea {

#define FOVEA_DECLARE(name) Exporter name##_exporter();
FOVEA_EXPORTERS(FOVEA_DECLARE)
#undef FOVEA_DECLARE

namespace {

namespace fs = std::filesystem;

const Exporter* exporter_of(const fs::path& file) {
    std::string ending = file.extension().string();
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    for (const Exporter& exporter : exporters())
        if (exporter.ending == ending) return &exporter;
    return nullptr;
}

std::string known_endings() {
    std::string list;
    for (const Exporter& exporter : exporters()) {
        if (!list.empty()) list += ' ';
        list += exporter.ending;
    }
    return list;
}

/// That it would not fit is better known before hours of writing than after.
Status check_room(const Exporter& exporter, const ExportJob& job) {
    if (exporter.picture) return {};
    const auto arrays = export_arrays(job);
    if (!arrays) return {};  // the exporter says it in its own words
    double need = 0;
    for (const ExportArray& array : *arrays)
        need += static_cast<double>(element_count(array.shape)) * exporter.bytes_a_number;
    std::error_code code;
    const fs::path target = fs::weakly_canonical(job.file, code);
    if (code || (fs::exists(target, code) && !fs::is_regular_file(target, code))) return {};
    const fs::space_info disk = fs::space(target.parent_path(), code);
    const bool is_no_disk = disk.capacity == 0;  // /proc
    if (code || is_no_disk || need <= static_cast<double>(disk.available)) return {};
    return fail("it takes {} at least, and the disk has {} left: choose fewer layers or heads",
                size_in_words(need), size_in_words(static_cast<double>(disk.available)));
}

Status write_and_rename(const Exporter& exporter, const ExportJob& job, const Progress& progress,
                        const CancelToken& cancel) {
    const fs::path folder = job.file.has_parent_path() ? job.file.parent_path() : fs::path(".");
    std::error_code code;
    if (!fs::is_directory(folder, code)) return fail("there is no folder {}", folder.string());
    if (fs::is_directory(job.file, code)) return fail("a folder has that name");
    FOVEA_CHECK(check_room(exporter, job));

    using Links = AtomicFile::Links;
    FOVEA_TRY(AtomicFile file,
              AtomicFile::create(job.file, job.name_was_chosen ? Links::follow : Links::replace));
    FOVEA_CHECK(exporter.write(job, file.temporary(), progress, cancel));
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    if (!exporter.companion) return file.commit();
    // Both are safe on the disk before either has its name; that of the companion nobody chose.
    FOVEA_TRY(AtomicFile companion,
              AtomicFile::create(job.file.string() + "-metadata.json", Links::replace));
    FOVEA_CHECK(companion.write(exporter.companion(job)));
    FOVEA_CHECK(companion.flush());
    FOVEA_CHECK(file.commit());
    return companion.commit();
}

template <class T>
std::string json_text(const T& value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_of(const Subtrahend& less) {
    nlohmann::ordered_json json;
    if (less.layer) json["layer"] = *less.layer;
    if (less.head) json["head"] = *less.head;
    json["with_edits"] = less.with_edits;
    return json.dump();
}

}  // namespace

std::span<const Exporter> exporters() {
#define FOVEA_CALL(name) name##_exporter(),
    static const Exporter list[] = {FOVEA_EXPORTERS(FOVEA_CALL)};
#undef FOVEA_CALL
    return list;
}

Status export_reading(const ExportJob& job, const Progress& progress, const CancelToken& cancel) {
    const std::string name = job.file.string();
    const Exporter* exporter = exporter_of(job.file);
    if (!exporter)
        return fail("{}: the ending chooses the format; known are {}", name, known_endings());
    if (job.less && !exporter->picture)
        return fail(
            "{}: a difference is drawn as a picture; the two maps go into a file of numbers", name);
    try {
        const Status status = write_and_rename(*exporter, job, progress, cancel);
        if (status || status.message() == cancelled_message) return status;
        if (status.message().starts_with(name)) return status;
        return fail("{}: {}", name, status.message());
    } catch (const std::bad_alloc&) {
        return fail("{}: there is not enough memory to write it", name);
    } catch (const std::exception& problem) {
        return fail("{}: {}", name, problem.what());
    }
}

std::vector<std::pair<std::string, std::string>> export_metadata(const ExportJob& job) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto selections = select_parts(job);
    if (!selections) return pairs;
    const Selection& first = selections->front();
    const Reading& reading = *job.reading;
    const Edits& edits = first.trace->edits;
    const auto read_of = [](const std::string& text, std::optional<size_t> cut_at) {
        return printable_text(text.substr(0, std::min(text.size(), cut_at.value_or(text.size()))));
    };
    pairs.emplace_back("model", visible_text(model_name(reading)));
    pairs.emplace_back("text", read_of(reading.request.text, reading.cut_at));
    if (reading.request.pair)
        pairs.emplace_back("pair", read_of(*reading.request.pair, reading.pair_cut_at));
    if (!reading.request.special_tokens) pairs.emplace_back("special_tokens", "false");
    pairs.emplace_back("tokens", json_text(key_texts(reading, Part::encoder)));
    if (const auto& types = reading.original->of(Part::encoder).token_types; !types.empty())
        pairs.emplace_back("token_types", json_text(types));
    if (reading.original->encoder) {
        pairs.emplace_back("target", printable_text(reading.target_text));
        pairs.emplace_back("target_tokens", json_text(query_texts(reading, Part::decoder)));
    }
    if (job.part) pairs.emplace_back("part", std::string(part_name(*job.part)));
    pairs.emplace_back("layers", json_text(first.layers));
    pairs.emplace_back("heads", json_text(first.heads));
    pairs.emplace_back("edits", edits_to_json(edits));
    if (!edits.empty())
        pairs.emplace_back("edits_act_on", first.trace->picture_only ? "picture" : "model");
    if (job.less) pairs.emplace_back("less", json_of(*job.less));
    pairs.emplace_back("version", fmt::format("fovea {}", version));
    return pairs;
}

std::string matrix_as_text(const Tensor& matrix, std::span<const std::string> query_labels,
                           std::span<const std::string> key_labels) {
    const Index rows = matrix.empty() ? 0 : matrix.extent(0);
    const Index columns = matrix.empty() ? 0 : matrix.extent(1);
    const auto label = [](std::span<const std::string> labels, Index i) {
        return i < static_cast<Index>(labels.size()) ? visible_text(labels[static_cast<size_t>(i)])
                                                     : std::to_string(i);
    };
    std::string text;
    for (Index column = 0; column < columns; ++column)
        text += '\t' + label(key_labels, column);
    text += '\n';
    for (Index row = 0; row < rows; ++row) {
        text += label(query_labels, row);
        for (Index column = 0; column < columns; ++column) {
            char digits[32];
            const auto end =
                std::to_chars(digits, digits + sizeof digits, matrix.at(row, column)).ptr;
            text += '\t';
            text.append(digits, end);
        }
        text += '\n';
    }
    return text;
}

}  // namespace fovea
