#include "engine/export/export.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <exception>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/core/version.h"
#include "engine/export/list.h"
#include "engine/export/output_file.h"
#include "engine/export/selection.h"
#include "engine/export/visible_text.h"

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

std::string reason(int code) {
    return std::generic_category().message(code);
}

// A new file in the folder where it will be renamed; taken away again unless it was.
class TemporaryFile {
  public:
    static Result<TemporaryFile> create(const fs::path& folder) {
        static std::atomic<unsigned> counter = 0;
        for (;;) {
            fs::path path =
                folder / fmt::format(".fovea-{}-{}.part", ::getpid(), counter.fetch_add(1));
            const int descriptor =
                ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (descriptor >= 0) {
                ::close(descriptor);
                return TemporaryFile(std::move(path));
            }
            if (errno != EEXIST)
                return fail("cannot write in {}: {}", folder.string(), reason(errno));
        }
    }
    TemporaryFile(TemporaryFile&& other) noexcept : path_(std::move(other.path_)) {
        other.path_.clear();
    }
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    const fs::path& path() const { return path_; }

    // Some file systems report a full disk only when the data must really be there.
    Status rename_to(const fs::path& target) {
        const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        const bool safe = descriptor >= 0 && ::fsync(descriptor) == 0;
        const int code = errno;
        if (descriptor >= 0) ::close(descriptor);
        if (!safe) return Error{reason(code)};
        if (::rename(path_.c_str(), target.c_str()) != 0) return Error{reason(errno)};
        path_.clear();
        return {};
    }

  private:
    explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

// A link keeps pointing where it does: the file behind it is replaced.
fs::path behind_links(const fs::path& file) {
    std::error_code code;
    if (!fs::is_symlink(file, code)) return file;
    fs::path real = fs::canonical(file, code);
    return code ? file : real;
}

Status write_and_rename(const Exporter& exporter, const ExportJob& job, const Progress& progress,
                        const CancelToken& cancel) {
    const fs::path target = behind_links(job.file);
    const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
    std::error_code code;
    if (!fs::is_directory(folder, code)) return fail("there is no folder {}", folder.string());
    if (fs::is_directory(target, code)) return fail("a folder has that name");

    FOVEA_TRY(TemporaryFile file, TemporaryFile::create(folder));
    FOVEA_CHECK(exporter.write(job, file.path(), progress, cancel));
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    if (exporter.companion) {
        FOVEA_TRY(TemporaryFile beside, TemporaryFile::create(folder));
        FOVEA_CHECK(write_file(beside.path(), exporter.companion(job)));
        FOVEA_CHECK(beside.rename_to(target.string() + "-metadata.json"));
    }
    return file.rename_to(target);
}

template <class T>
std::string json_text(const T& value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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
    try {
        const Status status = write_and_rename(*exporter, job, progress, cancel);
        if (status || status.message() == cancelled_message) return status;
        return fail("{}: {}", name, status.message());
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
    const std::string& text = reading.request.text;
    pairs.emplace_back("model", visible_text(model_name(reading)));
    pairs.emplace_back(
        "text", printable_text(
                    text.substr(0, std::min(text.size(), reading.cut_at.value_or(text.size())))));
    pairs.emplace_back("tokens", json_text(key_texts(reading, Part::encoder)));
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
