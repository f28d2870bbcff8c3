#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/figure/shown_heads.h"

namespace fovea {

/// What to write of a reading, and where. Arrays are named by quantity_names.h: `input_ids`
/// int64, `attentions.L` float32 [heads, query, key], `hidden_states.I`, `logits`,
/// `attention_logits.L` (before temperature, mask and softmax), `value_norms.L` (‖A v W_O‖:
/// Kobayashi et al. 2020), one array a metric: `entropy.L`
/// [heads, query]. With some layers only, the hidden states are the embeddings and the outputs of
/// those layers. Of an encoder-decoder names begin with the part: `cross.attentions.L` [heads,
/// target, source], and `decoder_input_ids` stand beside `input_ids`.
struct ExportJob : ShownHeads {
    bool attentions = true;
    bool hidden_states = false;
    bool logits = false;
    bool attention_logits = false;
    bool value_norms = false;  ///< beside weights, of the same shape
    bool metrics = false;
    std::filesystem::path file;  ///< its ending chooses the format
    /// A person named the file: a symbolic link of that name is followed. Else it is replaced.
    bool name_was_chosen = true;
    /// What stands where NAME-metadata.json goes is written over, whoever wrote it: a person was
    /// asked. Else one that Fovea did not write is an error.
    bool may_replace = false;
    double scale = 2;  ///< PNG pixels to the unit of length, which is 1/72 inch
};

struct FileContent;

/// A file format. One is one file beside this one and one line in list.h; it serves readings and
/// findings alike.
struct Exporter {
    std::string_view ending;  ///< ".npz"
    std::string_view label;   ///< "NumPy archive"
    bool picture;             ///< draws, rather than lists numbers
    /// Writes the whole file into `temporary`, which is there; the caller gives it its name when it
    /// is complete. Errors say what is wrong without the file's name, which the caller puts in
    /// front.
    Status (*write)(const FileContent& content, const std::filesystem::path& temporary,
                    const Progress& progress, const CancelToken& cancel);
    /// What stands in `NAME.csv-metadata.json` beside NAME.csv, for a format that has no place for
    /// metadata; null for all others.
    std::string (*companion)(const FileContent& content) = nullptr;
    /// What a file of numbers has room for.
    enum class Holds {
        arrays,  ///< any number of them, by name
        cells,   ///< rows of a table: of the heads' maps, weights and attention logits
        array,   ///< one: of one layer and one kind of numbers, or the logits
    } holds = Holds::arrays;
    /// What a number takes at least; a job that the disk has no room for is not begun.
    double bytes_a_number = sizeof(float);
    /// Numbers are written as text, which is no vessel for millions of them.
    bool as_text = false;
};

/// All formats, in the order of list.h.
std::span<const Exporter> exporters();

/// A file and, of a format that has no place for metadata, the one beside it that has them.
std::vector<std::filesystem::path> files_written(const std::filesystem::path& file);

/// Writes `job.file` through an AtomicFile: on any error (an unknown ending, no such folder, a full
/// disk) or cancellation nothing is left behind and an older file stands. Blocks; any thread;
/// Progress is called from it.
Status export_reading(const ExportJob& job, const Progress& progress, const CancelToken& cancel);

/// Model, sentence, tokens, edits (JSON form), version: what every file carries about its origin,
/// as (key, value) text pairs: "model", "text" (what was read of it), "tokens" (JSON array, as the
/// vocabulary spells them), "target" and "target_tokens" (of an encoder-decoder), "part" (where one
/// was chosen), "layers" and "heads" (JSON arrays: what the axes of the arrays stand
/// for), "edits" (JSON object), "edits_act_on" ("model" or "picture"; only where there are edits),
/// "less" (of the picture of a difference: a JSON object of what was taken away), "version". NPZ
/// carries them as JSON in the array `metadata` (a string), safetensors as `__metadata__`, JSON
/// under "metadata", CSV in a file beside it ("CSV on the Web", W3C 2015, under "notes"), NPY
/// likewise (the JSON of NPZ, and which array it is), PNG as iTXt chunks, SVG as <metadata>, PDF as
/// the document's properties.
std::vector<std::pair<std::string, std::string>> export_metadata(const ExportJob& job);

/// Pixels, for the clipboard.
struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgba;  // [height, width, 4], opaque sRGB, the top row first
};

/// What .png, .svg and .pdf show: one head with its tokens on both axes, or several as layers by
/// heads. `scale` is pixels to the unit of length. Errors: no reading, an index out of range, an
/// unknown colour map, a picture too large. Blocks; any thread.
Result<Picture> draw_picture(const ExportJob& job, double scale, const Progress& progress = {},
                             const CancelToken& cancel = {});

/// One matrix as tab-separated text with token labels in the first row and column (clipboard).
/// Tabs and line breaks inside labels become ⇥ and ⏎.
std::string matrix_as_text(const Tensor& matrix, std::span<const std::string> query_labels,
                           std::span<const std::string> key_labels);

}  // namespace fovea
