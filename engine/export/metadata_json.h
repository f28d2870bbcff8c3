#pragma once

#include <string>

#include "engine/export/export.h"

namespace fovea {

/// export_metadata() as one JSON object, in which tokens, layers, heads and edits are values, not
/// text. `indent` as nlohmann::json has it: -1 for one line. `ascii` escapes all other characters.
std::string metadata_json(const ExportJob& job, int indent, bool ascii = false);

}  // namespace fovea
