#include "engine/export/export.h"

#include <charconv>

#include "engine/export/cells.h"
#include "engine/export/origin.h"
#include "engine/export/write_files.h"
#include "engine/figure/heads_figure.h"
#include "engine/figure/selection.h"
#include "engine/figure/visible_text.h"

namespace fovea {

namespace {

Result<FileContent> content_of(const ExportJob& job, const Exporter& exporter,
                               const Progress& progress, const CancelToken& cancel) {
    FileContent content{job.file, {}, {}};
    if (exporter.picture) {
        FOVEA_TRY(Scene scene, make_figure(job, progress, cancel));
        content.body = PictureContent{std::move(scene), job.scale, job.reading->request.text};
    } else if (exporter.holds == Exporter::Holds::cells) {
        FOVEA_TRY(content.body, cell_table(job));
    } else {
        FOVEA_TRY(std::vector<ExportArray> arrays, export_arrays(job));
        content.body = ArrayContent{std::move(arrays)};
    }
    content.metadata = metadata_of(job);
    return content;
}

}  // namespace

Status export_reading(const ExportJob& job, const Progress& progress, const CancelToken& cancel) {
    Destination destination{job.file, job.name_was_chosen};
    destination.may_replace = job.may_replace;
    return write_files(destination, progress, cancel,
                       [&](const Exporter& exporter) -> Result<std::vector<FileContent>> {
                           if (job.less && !exporter.picture)
                               return fail(
                                   "a difference is drawn as a picture; the two maps go into a "
                                   "file of numbers");
                           std::vector<FileContent> contents;
                           FOVEA_TRY(FileContent content,
                                     content_of(job, exporter, progress, cancel));
                           contents.push_back(std::move(content));
                           return contents;
                       });
}

std::vector<std::pair<std::string, std::string>> export_metadata(const ExportJob& job) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (MetadataEntry& entry : metadata_of(job))
        pairs.emplace_back(std::move(entry.key), std::move(entry.value));
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
