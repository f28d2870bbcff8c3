#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/analysis/analysis.h"
#include "engine/export/export.h"

namespace fovea {

/// What to write of an analysis' answer, and where. The ending chooses the format:
/// .npz, .safetensors hold Findings::arrays, named as they are; .npy one of them; .json those of at
/// most `most_json_numbers` (the others stand in "arrays_left_out" by name and shape), the
/// sentences and every finding with all of its numbers; .csv a finding (a table as it stands, a
/// matrix one row a square, curves and bars as columns); .png, .svg, .pdf the whole figure, words
/// and citations included. All carry their origin: export_metadata's model, sentence, tokens,
/// edits and version; "analysis", "question", "parameters" (a JSON object of what was set), of a
/// second sentence "text_b" and "tokens_b", and Findings::metadata.
struct FindingsExport {
    std::shared_ptr<const Findings> findings;
    Subjects subjects;
    const Analysis* analysis = nullptr;
    Parameters parameters = {};
    std::filesystem::path file;
    /// A person named the file: a symbolic link of that name is followed. Else it is replaced.
    bool name_was_chosen = true;
    /// One finding by its name, for .csv and pictures; one array, for .npy. Empty: all; then .csv
    /// is a file each: the first has the name, the others are NAME.FINDING.csv beside it. Of these,
    /// and of the metadata beside each, one that is there already is written over where the same
    /// analysis wrote it, as its metadata say; any other is an error that names it.
    std::string only = {};
    /// For .npz, .safetensors and .json: the arrays of these names. Empty: all.
    std::vector<std::string> arrays = {};
    /// Files beside the named one are written over, whoever wrote them: a person was asked.
    bool may_replace = false;

    /// For pictures.
    std::string colour_map = "viridis";  ///< see core/colour_map.h
    bool dark = false;
    double scale = 2;  ///< PNG pixels to the unit of length, which is 1/72 inch
    /// What there is for the figure, without margins; 0: as it likes to be. See FigureOptions.
    double width = 0, height = 0;
};

/// Of an array that is written as text: a state's logits over a vocabulary are a file of hundreds
/// of megabytes, which nobody reads.
inline constexpr Index most_json_numbers = Index{1} << 16;

/// The arrays whose numbers the file has no room for, by their names.
std::vector<std::string> left_out(const FindingsExport& job);
/// That they are, and where they can be had, in a sentence; "" where none is left out.
std::string note_on_left_out(const FindingsExport& job);

/// All that a job writes, the file that has the name first; as far as the job is sound.
std::vector<std::filesystem::path> files_written(const FindingsExport& job);

/// All findings as tab-separated text, one below another, each below its title (clipboard).
std::string findings_as_text(const Findings& findings);

/// As export_reading() does: whole or not at all, through AtomicFiles; any thread; blocks. Errors
/// say the file's name first.
Status export_findings(const FindingsExport& job, const Progress& progress,
                       const CancelToken& cancel);

/// The figure as pixels, for the clipboard.
Result<Picture> draw_findings(const FindingsExport& job, double scale);

}  // namespace fovea
