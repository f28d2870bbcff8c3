#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/export/export.h"

namespace fovea {

/// What of a reading an ExportJob is about: every index is inside the trace.
struct Selection {
    const Trace* trace = nullptr;
    std::vector<Index> layers;
    std::vector<Index> heads;
};

/// Errors: no reading, an index out of range, a head named twice. They name no file.
Result<Selection> select_heads(const ExportJob& job);

/// How many rows of a map are made at a time, so that a block takes about a mebibyte.
Index rows_of_block(Index columns);

/// The model's name, or "" where the reading names none.
std::string model_name(const Reading& reading);

/// The vocabulary's spelling of each token, [n]; the id in brackets where the reading has none.
std::vector<std::string> token_texts(const Reading& reading);

}  // namespace fovea
