#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "app/state/session_file.h"
#include "engine/core/result.h"
#include "engine/edit/edits.h"

namespace fovea::app {

/// A model by its folder or its GGUF file.
struct DroppedModel {
    std::string path;
};

using Dropped = std::variant<DroppedModel, Session, Edits>;

/// What a folder or a file dropped on the window is: a model's folder, a file that stands for its
/// folder (weights, configuration, tokeniser), a GGUF file, a saved session, or edits. Anything
/// else is an error that says what could be dropped. Reads at most small files; any thread.
Result<Dropped> read_dropped(const std::filesystem::path& path);

struct DropChoice {
    Dropped what;
    std::filesystem::path path;
    std::string left_out;  ///< a sentence on the paths that are not opened; empty: none
};

/// Of paths that were dropped together (one at least): the first model, without one the first
/// session or edits, without either the error of the first path. Other files of the chosen model's
/// folder are not left out: they are opened with it.
Result<DropChoice> choose_dropped(const std::vector<std::filesystem::path>& paths);

}  // namespace fovea::app
