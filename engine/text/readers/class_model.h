#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/text/json_section.h"
#include "engine/text/readers/folder_class.h"

namespace fovea::text {

/// What transformers 5 sets in the subword model of a class whatever the "model" of a
/// tokenizer.json says, under that section's keys: it takes only vocabulary and merges from the
/// file. `unknown` is the class's unk_token. Empty: all of the file counts.
nlohmann::json settings_of_class(Family family, std::string_view unknown, const JsonSection& model);

}  // namespace fovea::text
