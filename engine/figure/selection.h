#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/figure/shown_heads.h"

namespace fovea {

/// What of a reading is shown: every index is inside the trace.
struct Selection {
    Part part = Part::self;
    const Trace* trace = nullptr;
    std::vector<Index> layers;
    std::vector<Index> heads;

    /// In front of the names of arrays: "", "encoder.", "decoder." or "cross.".
    std::string prefix() const;
};

/// One selection a part that is asked for, none of them empty. Errors: no reading, no such
/// part, an index that no part has, a head named twice. They name no file.
Result<std::vector<Selection>> select_parts(const ShownHeads& job);

/// Of the part that a picture shows: the job's, else cross-attention where there is one.
Result<Selection> select_heads(const ShownHeads& job);
Part picture_part(const ShownHeads& job);

/// How many rows of a map are made at a time, so that a block takes about a mebibyte.
Index rows_of_block(Index columns);

/// The model's name, or "" where the reading names none.
std::string model_name(const Reading& reading);

/// The vocabulary's spelling of the tokens that ask, or that answer; the id in brackets where the
/// reading has none.
std::vector<std::string> query_texts(const Reading& reading, Part part);
std::vector<std::string> key_texts(const Reading& reading, Part part);

}  // namespace fovea
