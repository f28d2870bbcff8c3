#pragma once

#include <filesystem>
#include <string>
#include <variant>

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

}  // namespace fovea::app
