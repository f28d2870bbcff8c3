#include "app/panels/export_explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "app/panels/explanation.h"
#include "engine/core/colour_map.h"
#include "engine/export/write_files.h"
#include "engine/io/files.h"

namespace fovea::app {
namespace {

/// Beyond this the clipboard is the wrong vessel.
constexpr size_t most_copied_bytes = size_t{8} << 20;

/// What is chosen of the parts, or the first of them.
std::string chosen_part(const Frame& frame, const ExportChoices& choices) {
    const auto parts = answer_parts(frame, choices);
    const std::string& wanted =
        holds(choices) == Exporter::Holds::array ? choices.found_array : choices.finding;
    const bool there = std::any_of(parts.begin(), parts.end(),
                                   [&](const AnswerPart& part) { return part.name == wanted; });
    return there ? wanted : parts.empty() ? std::string() : parts.front().name;
}

/// "lens" and 3 of "lens.3"; nullopt: it does not end in a number.
struct Counted {
    std::string_view stem;
    Index number;
};
std::optional<Counted> counted(std::string_view name) {
    const size_t dot = name.rfind('.');
    if (dot == name.npos) return std::nullopt;
    Counted parts{name.substr(0, dot), 0};
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + dot + 1, end, parts.number);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return parts;
}

bool follows(std::string_view name, std::string_view before) {
    const auto a = counted(before), b = counted(name);
    return a && b && a->stem == b->stem && b->number == a->number + 1;
}

}  // namespace

std::string names_in_words(const std::vector<std::string>& names) {
    std::string words;
    for (size_t first = 0, end = 0; first < names.size(); first = end) {
        for (end = first + 1; end < names.size() && follows(names[end], names[end - 1]);)
            ++end;
        words += (words.empty() ? "" : ", ") + names[first];
        if (end - first > 1) words += (end - first > 2 ? " … " : ", ") + names[end - 1];
    }
    return words;
}

AnswerArrays answer_arrays(const Frame& frame, const ExportChoices& choices) {
    AnswerArrays arrays;
    FindingsExport job;
    job.findings = frame.cache->of<Explanation>().findings;
    job.file = export_file(choices);
    if (!job.findings) return arrays;
    arrays.left_out = left_out(job);
    for (const FoundArray& array : job.findings->arrays)
        if (std::find(arrays.left_out.begin(), arrays.left_out.end(), array.name) ==
            arrays.left_out.end())
            arrays.held.push_back(array.name);
    return arrays;
}

bool writes_explanation(const Frame& frame, const ExportChoices& choices) {
    return shows_explanation(frame.view) && choices.what == ExportChoices::What::explanation;
}

std::vector<AnswerPart> answer_parts(const Frame& frame, const ExportChoices& choices) {
    std::vector<AnswerPart> parts;
    const auto& findings = frame.cache->of<Explanation>().findings;
    if (!findings) return parts;
    const Exporter& format = export_format(choices);
    if (!format.picture && format.holds == Exporter::Holds::arrays) return parts;
    if (!format.picture && format.holds == Exporter::Holds::array) {
        for (const FoundArray& array : findings->arrays)
            parts.push_back({array.name, array.name});
        return parts;
    }
    parts.push_back({"", format.picture ? "the whole figure" : "all, a file each"});
    for (const Finding& finding : findings->findings) {
        const bool said = finding.title.empty() || finding.title == finding.name;
        parts.push_back({finding.name,
                         said ? finding.name : fmt::format("{}: {}", finding.name, finding.title)});
    }
    return parts;
}

Result<FindingsExport> explanation_job(const Frame& frame, const ExportChoices& choices) {
    const Explanation& it = frame.cache->of<Explanation>();
    if (frame.stale || !it.is_about(frame.reading))
        return fail("The answer is still being worked out: once more when it stands there");
    if (!it.error.empty()) return Error{it.error};
    if (!it.findings || it.answered != it.wanted) return fail("There is no answer yet");
    FindingsExport job;
    job.findings = it.findings;
    job.subjects = it.answered.subjects;
    job.analysis = it.answered.analysis;
    job.parameters = it.answered.parameters;
    job.file = export_file(choices);
    job.only = chosen_part(frame, choices);
    job.colour_map = colour_name(frame.view.colour_map);
    job.dark = frame.view.dark;
    return job;
}

std::string amount_in_words(const FindingsExport& job) {
    const Exporter* format = exporter_of(job.file);
    if (!format) return "The answer";
    if (format->picture)
        return job.only.empty() ? "The whole figure" : fmt::format("The figure {}", job.only);
    if (format->holds == Exporter::Holds::cells) {
        const size_t count = job.findings->findings.size();
        if (!job.only.empty() || count == 1) return "One table";
        return fmt::format("{} tables, each in a file of its own, the first", count);
    }
    if (format->holds == Exporter::Holds::array) return fmt::format("The array {}", job.only);
    const auto without = left_out(job);
    double numbers = 0;
    for (const FoundArray& array : job.findings->arrays)
        if (std::find(without.begin(), without.end(), array.name) == without.end())
            numbers += static_cast<double>(element_count(array.shape));
    const size_t arrays = job.findings->arrays.size() - without.size();
    std::string words = fmt::format("{} arrays, {}", arrays, numbers_in_words(numbers, *format));
    if (!without.empty()) words += fmt::format(" (without {} larger ones)", without.size());
    return words;
}

ExportWork export_work(FindingsExport job) {
    return [job = std::move(job)](const JobContext& context) {
        const Status status = export_findings(job, context.progress, context.cancel);
        TaskOutcome outcome = written(files_written(job), status);
        if (const auto without = left_out(job); status && !without.empty())
            outcome.sentence +=
                fmt::format(". {} arrays are too large for text: .npz holds them", without.size());
        return outcome;
    };
}

ExportWork copy_text_work(FindingsExport job) {
    return [job = std::move(job)](const JobContext&) {
        std::string text = findings_as_text(*job.findings);
        if (text.size() > most_copied_bytes)
            return TaskOutcome{
                false, "The answer is too long for the clipboard: export it as a file", {}};
        const size_t count = job.findings->findings.size();
        return TaskOutcome{true,
                           fmt::format("Copied the numbers of this explanation, {} table{}", count,
                                       count == 1 ? "" : "s"),
                           std::move(text)};
    };
}

ExportWork copy_picture_work(FindingsExport job, std::string folder) {
    return [job = std::move(job), folder = std::move(folder)](const JobContext& context) mutable {
        job.name_was_chosen = false;
        job.only.clear();
        return copied(
            {.what = "the figure of this explanation",
             .otherwise = expanded(folder) / fmt::format("fovea {}.png", job.analysis->name),
             .write = [&](const std::filesystem::path& png) {
                 job.file = png;
                 return export_findings(job, context.progress, context.cancel);
             }});
    };
}

}  // namespace fovea::app
