#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/edit/edits.h"
#include "engine/session/reading.h"

/// What several commands read from their arguments. Errors are sentences without the option's name,
/// which the parser puts in front.
namespace fovea::app {

/// First and last of "3-5"; equal for "4".
using IndexRange = std::pair<Index, Index>;

/// "0-2,4". Not expanded: a range is not trusted before its limit is known.
Result<std::vector<IndexRange>> parse_ranges(std::string_view text);

/// The indices in the order given, each once. One that is not below `limit` is an error that names
/// it: "layer 7 is out of range: there are 6 (0 to 5)".
Result<std::vector<Index>> expand_ranges(std::span<const IndexRange> ranges, Index limit,
                                         std::string_view what);

/// "5,7,9": token ids.
Result<std::vector<std::int32_t>> parse_ids(std::string_view text);

/// "hidden_states,logits": each one of `known`.
Result<std::vector<std::string>> parse_names(std::string_view text,
                                             std::span<const std::string_view> known);

/// "1440x900", in pixels.
Result<std::pair<int, int>> parse_size(std::string_view text);

/// The argument itself, or all of standard input where it is "-", byte for byte.
Result<std::string> text_or_standard_input(const std::string& argument);

Result<Edits> read_edits_file(const std::filesystem::path& file);

/// A folder, a GGUF file, or the name of a model on this machine. Its warnings go to standard
/// error.
Result<std::shared_ptr<const LoadedModel>> load_model(const std::string& folder_or_name);

/// The folder that a tokenizer is read from: one that holds no more than that is enough.
Result<std::filesystem::path> resolve_tokenizer_folder(const std::string& folder_or_name);

/// " .npz .npy …": of all formats that files are written in.
std::string file_endings();
/// What is wrong with a file's ending, a sentence; empty: nothing. A format that nobody writes is
/// known to be wrong before the model is loaded.
std::string check_ending(const std::string& file);

/// Raised by Ctrl+C, so that a half-written file is taken back; a second Ctrl+C kills. The first
/// call installs the handler.
CancelToken interrupted();

/// A validator for the command line from any function above that returns a Result.
template <class Parse>
auto checked_by(Parse parse) {
    return [parse](const std::string& text) {
        const auto parsed = parse(text);
        return parsed.ok() ? std::string() : parsed.message();
    };
}

}  // namespace fovea::app
