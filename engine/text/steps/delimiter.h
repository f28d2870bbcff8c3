#pragma once

#include <vector>

#include "engine/text/aligned_text.h"
#include "engine/text/json_section.h"
#include "engine/text/steps/pattern.h"

namespace fovea::text {

/// What becomes of a delimiter, here the "-" of "a--b":
enum class Delimiter {
    removed,               // a b
    isolated,              // a - - b
    merged_with_previous,  // a- - b
    merged_with_next,      // a - -b
    contiguous,            // a -- b
};

Result<Delimiter> read_delimiter(const JsonSection& section, Delimiter fallback);

/// Cuts `piece` at `matches` (bytes within the piece, from left to right) and appends what is not
/// empty to `out`. `inverted` takes what lies between the matches for the delimiters.
struct Cut {
    Delimiter delimiter = Delimiter::isolated;
    bool inverted = false;

    void apply(PieceRange piece, const std::vector<Match>& matches,
               std::vector<PieceRange>& out) const;
    /// Same for every piece, at whatever `pattern` finds in it.
    Status apply(Pieces& pieces, const Pattern& pattern) const;
};

}  // namespace fovea::text
