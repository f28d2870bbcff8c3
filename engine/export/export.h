#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/session/reading.h"
#include "engine/trace/head_map.h"

namespace fovea {

/// What to write of a reading, and where. Arrays are named as in the golden files: `input_ids`
/// int64, `attentions.L` float32 [heads, query, key], `hidden_states.I`, `logits`, `scores.L`
/// (raw), one array a metric: `entropy.L` [heads, query].
struct ExportJob {
    std::shared_ptr<const Reading> reading;
    bool with_edits = true;
    std::vector<Index> layers;  ///< empty: all
    std::vector<Index> heads;   ///< empty: all; the order of the array's first axis
    bool attentions = true;
    bool hidden_states = false;
    bool logits = false;
    bool scores = false;
    bool metrics = false;
    std::filesystem::path file;  ///< its ending chooses the format

    /// For pictures: what is drawn and how.
    Quantity quantity = Quantity::weights;
    std::string colour_map = "viridis";
    bool logarithmic = false;
    bool dark = false;
};

/// A file format. One is one file beside this one and one line in list.h.
struct Exporter {
    std::string_view ending;  ///< ".npz"
    std::string_view label;   ///< "NumPy archive"
    bool picture;             ///< draws, rather than lists numbers
    /// Writes the whole file at `temporary`; the caller renames it when it is complete.
    Status (*write)(const ExportJob& job, const std::filesystem::path& temporary,
                    const Progress& progress, const CancelToken& cancel);
};

/// All formats, in the order of list.h.
std::span<const Exporter> exporters();

/// Writes `job.file` through a temporary file beside it, renamed when complete; on any error (an
/// unknown ending, no such folder, a full disk) or cancellation nothing is left behind and an older
/// file stands. Blocks; any thread; Progress is called from it.
Status export_reading(const ExportJob& job, const Progress& progress, const CancelToken& cancel);

/// Model, sentence, tokens, edits (JSON form), version: what every file carries about its origin,
/// as (key, value) text pairs: "model", "text", "tokens" (JSON array), "edits", "version".
std::vector<std::pair<std::string, std::string>> export_metadata(const ExportJob& job);

/// One matrix as tab-separated text with token labels in the first row and column (clipboard).
std::string matrix_as_text(const Tensor& matrix, std::span<const std::string> query_labels,
                           std::span<const std::string> key_labels);

}  // namespace fovea
