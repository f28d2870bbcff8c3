#pragma once

#include <string>
#include <vector>

#include "app/panels/export_job.h"
#include "engine/export/export_findings.h"

namespace fovea::app {

/// The answer in view is what the dialog writes, not the attention.
bool writes_explanation(const Frame& frame, const ExportChoices& choices);

/// The answer in view as a job. Errors: a sentence that says why there is none, or that it is still
/// on its way: what is written is never the answer to an older question.
Result<FindingsExport> explanation_job(const Frame& frame, const ExportChoices& choices);

/// What a file of the chosen format may hold of the answer in view: one of these. Empty where there
/// is no choice. The first stands for all of it where the format has room for that.
struct AnswerPart {
    std::string name;   ///< FindingsExport::only
    std::string label;  ///< for people
};
std::vector<AnswerPart> answer_parts(const Frame& frame, const ExportChoices& choices);

/// The arrays of the answer in view, as a file of the chosen format holds them.
struct AnswerArrays {
    std::vector<std::string> held, left_out;
};
AnswerArrays answer_arrays(const Frame& frame, const ExportChoices& choices);
/// "lens_rank, lens.0 … lens.30": names that count on are one.
std::string names_in_words(const std::vector<std::string>& names);

/// "38 arrays, 21.4 million numbers": what the job writes.
std::string amount_in_words(const FindingsExport& job);

ExportWork export_work(FindingsExport job);
/// All tables and matrices of the answer as tab-separated text, to the clipboard.
ExportWork copy_text_work(FindingsExport job);
/// The figure as the window shows it, to the clipboard or into the folder.
ExportWork copy_picture_work(FindingsExport job, std::string folder);

}  // namespace fovea::app
