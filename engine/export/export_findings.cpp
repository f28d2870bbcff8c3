#include "engine/export/export_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/export/finding_files.h"
#include "engine/export/origin.h"
#include "engine/export/pixels.h"
#include "engine/export/write_files.h"
#include "engine/figure/lay_out.h"
#include "engine/figure/selection.h"
#include "engine/figure/text_ruler.h"

namespace fovea {
namespace {

constexpr double paper_margin = 24;

std::string dump(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string parameters_json(const Parameters& parameters) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (parameters.position) json["position"] = *parameters.position;
    if (parameters.target) json["target"] = *parameters.target;
    if (parameters.versus) json["versus"] = *parameters.versus;
    if (const auto& cell = parameters.cell)
        json["cell"] = {{"layer", cell->layer},
                        {"head", cell->head},
                        {"query", cell->query},
                        {"key", cell->key}};
    for (const auto& [name, choice] : parameters.own)
        json[name] = choice;
    return dump(json);
}

Metadata metadata_of(const FindingsExport& job) {
    Metadata entries;
    if (job.analysis) entries.push_back({"analysis", std::string(job.analysis->name)});
    entries.push_back({"question", job.findings->question});
    entries.push_back({"parameters", parameters_json(job.parameters), true});
    for (MetadataEntry& entry : metadata_of(*job.subjects.a))
        entries.push_back(std::move(entry));
    if (job.subjects.b)
        for (MetadataEntry& entry : metadata_of(*job.subjects.b))
            if (entry.key == "text" || entry.key == "tokens")
                entries.push_back({entry.key + "_b", std::move(entry.value), entry.is_json});
    if (job.subjects.part != Part::self)
        entries.push_back({"part", std::string(part_name(job.subjects.part))});
    add_edits(entries, job.subjects.trace());
    for (const auto& [key, value] : job.findings->metadata)
        entries.push_back({key, value, nlohmann::json::accept(value)});
    entries.push_back(version_entry());
    return entries;
}

// A mebibyte or so of it at a time.
ExportArray array_of(const FoundArray& found) {
    const Index slices = found.shape.empty() ? 1 : found.shape.front();
    const Index slice = slices > 0 ? element_count(found.shape) / slices : 0;
    const Index rows = std::min(std::max<Index>(slices, 1), rows_of_block(slice));
    return {found.name, ArrayType::float32, found.shape, (slices + rows - 1) / rows,
            [&fill = found.fill, slices, slice, rows](Index block, std::vector<std::byte>& bytes) {
                const Index begin = block * rows, end = std::min(slices, begin + rows);
                std::vector<float> values(static_cast<size_t>((end - begin) * slice));
                fill(begin, end, values.data());
                assign_bytes(bytes, values);
            }};
}

template <class Item>
std::string names_of(const std::vector<Item>& items) {
    std::string names;
    for (const Item& item : items)
        names += (names.empty() ? "" : " ") + item.name;
    return names;
}

bool is_chosen(const FindingsExport& job, const Exporter& exporter, const FoundArray& found) {
    if (exporter.holds == Exporter::Holds::array) return job.only.empty() || found.name == job.only;
    return job.arrays.empty() || std::ranges::find(job.arrays, found.name) != job.arrays.end();
}

bool is_left_out(const Exporter& exporter, const FoundArray& found) {
    return exporter.as_text && element_count(found.shape) > most_json_numbers;
}

std::vector<const FoundArray*> arrays_left_out(const FindingsExport& job,
                                               const Exporter& exporter) {
    std::vector<const FoundArray*> all;
    if (exporter.picture || exporter.holds != Exporter::Holds::arrays) return all;
    for (const FoundArray& found : job.findings->arrays)
        if (is_chosen(job, exporter, found) && is_left_out(exporter, found)) all.push_back(&found);
    return all;
}

std::string as_json(const std::vector<const FoundArray*>& left_out) {
    nlohmann::ordered_json shapes;
    for (const FoundArray* found : left_out)
        shapes[found->name] = found->shape;
    return dump({{"why", fmt::format("more than {} numbers each: .npz and .safetensors hold them",
                                     most_json_numbers)},
                 {"shapes", std::move(shapes)}});
}

Result<ArrayContent> arrays_of(const FindingsExport& job, const Exporter& exporter) {
    ArrayContent content;
    for (const std::string& name : job.arrays)
        if (std::ranges::find(job.findings->arrays, name, &FoundArray::name) ==
            job.findings->arrays.end())
            return fail("there is no array \"{}\"; there are {}", name,
                        names_of(job.findings->arrays));
    for (const FoundArray& found : job.findings->arrays)
        if (!is_left_out(exporter, found) && is_chosen(job, exporter, found))
            content.arrays.push_back(array_of(found));
    if (exporter.holds == Exporter::Holds::array && content.arrays.size() != 1)
        return fail(".npy holds one array: choose one of {}, or .npz, which holds them all",
                    names_of(job.findings->arrays));
    nlohmann::ordered_json findings = nlohmann::ordered_json::array();
    for (const Finding& finding : job.findings->findings)
        findings.push_back(finding_json(finding));
    content.members = {{"reading", dump(job.findings->reading)},
                       {"sentences", dump(job.findings->sentences)},
                       {"findings", dump(findings)}};
    if (const auto without = arrays_left_out(job, exporter); !without.empty())
        content.members.emplace_back("arrays_left_out", as_json(without));
    return content;
}

// The place of the chosen one; nullopt: all are wanted.
Result<std::optional<Index>> chosen(const FindingsExport& job) {
    if (job.only.empty()) return std::optional<Index>();
    for (size_t i = 0; i < job.findings->findings.size(); ++i)
        if (job.findings->findings[i].name == job.only)
            return std::optional<Index>(static_cast<Index>(i));
    return fail("there is no finding \"{}\"; there are {}", job.only,
                names_of(job.findings->findings));
}

std::filesystem::path table_file(const FindingsExport& job, const Finding& finding, bool first) {
    std::filesystem::path file = job.file;
    if (!first)
        file.replace_filename(file.stem().string() + "." + finding.name +
                              file.extension().string());
    return file;
}

Result<std::vector<FileContent>> tables_of(const FindingsExport& job) {
    FOVEA_TRY(const std::optional<Index> only, chosen(job));
    const auto& all = job.findings->findings;
    if (all.empty()) return fail("the analysis has nothing for a table");
    std::vector<FileContent> contents;
    for (size_t i = 0; i < all.size(); ++i) {
        if (only && *only != static_cast<Index>(i)) continue;
        Metadata metadata = metadata_of(job);
        metadata.insert(metadata.begin(), {"finding", all[i].name});
        contents.push_back({table_file(job, all[i], contents.empty()), std::move(metadata),
                            finding_table(all[i])});
    }
    return contents;
}

Result<Scene> scene_of(const FindingsExport& job) {
    const auto map = colour_map_from_name(job.colour_map);
    if (!map) return fail("there is no colour map \"{}\"", job.colour_map);
    FigureOptions options{.margin = paper_margin};
    if (job.width > 0) options.width = job.width + 2 * paper_margin;
    if (job.height > 0) options.height = job.height + 2 * paper_margin;
    FOVEA_TRY(options.only, chosen(job));
    TextRuler ruler;
    return lay_out(*job.findings, ruler, figure_look(job.dark, *map), options);
}

Result<std::vector<FileContent>> contents_of(const FindingsExport& job, const Exporter& exporter) {
    if (!exporter.picture && exporter.holds == Exporter::Holds::cells) return tables_of(job);
    FileContent content{job.file, metadata_of(job), {}};
    if (exporter.picture) {
        FOVEA_TRY(Scene scene, scene_of(job));
        content.body = PictureContent{std::move(scene), job.scale, job.subjects.a->request.text};
    } else {
        FOVEA_TRY(content.body, arrays_of(job, exporter));
    }
    std::vector<FileContent> contents;
    contents.push_back(std::move(content));
    return contents;
}

}  // namespace

std::vector<std::string> left_out(const FindingsExport& job) {
    std::vector<std::string> names;
    const Exporter* exporter = exporter_of(job.file);
    if (!exporter) return names;
    for (const FoundArray* found : arrays_left_out(job, *exporter))
        names.push_back(found->name);
    return names;
}

std::string note_on_left_out(const FindingsExport& job) {
    const auto names = left_out(job);
    if (names.empty()) return {};
    const bool one = names.size() == 1;
    return fmt::format("{}: {} without {} numbers, more than {}{}: .npz and .safetensors hold them",
                       job.file.filename().string(),
                       one ? names.front() + " stands there"
                           : fmt::format("{} arrays, {} to {}, stand there", names.size(),
                                         names.front(), names.back()),
                       one ? "its" : "their", most_json_numbers, one ? "" : " each");
}

std::vector<std::filesystem::path> files_written(const FindingsExport& job) {
    std::vector<std::filesystem::path> files = files_written(job.file);
    const Exporter* exporter = exporter_of(job.file);
    const bool tables = exporter && !exporter->picture && exporter->holds == Exporter::Holds::cells;
    if (!tables || !job.only.empty() || !job.findings) return files;
    const auto& all = job.findings->findings;
    for (size_t i = 1; i < all.size(); ++i)
        for (auto& file : files_written(table_file(job, all[i], false)))
            files.push_back(std::move(file));
    return files;
}

std::string findings_as_text(const Findings& findings) {
    std::string text;
    for (const Finding& finding : findings.findings)
        text += (text.empty() ? "" : "\n") + finding_text(finding);
    return text;
}

Status export_findings(const FindingsExport& job, const Progress& progress,
                       const CancelToken& cancel) {
    return write_files({job.file, job.name_was_chosen, "one array of it, as .npy", job.may_replace},
                       progress, cancel,
                       [&](const Exporter& exporter) -> Result<std::vector<FileContent>> {
                           if (!job.findings || !job.subjects.a)
                               return fail("there is nothing to export yet");
                           if (progress) progress("findings", 0);
                           return contents_of(job, exporter);
                       });
}

Result<Picture> draw_findings(const FindingsExport& job, double scale) {
    if (!job.findings) return fail("there is nothing to draw yet");
    FOVEA_TRY(const Scene scene, scene_of(job));
    return pixels_of(scene, scale);
}

}  // namespace fovea
