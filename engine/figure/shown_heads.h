#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/session/reading.h"
#include "engine/trace/head_map.h"

namespace fovea {

/// What a picture of a difference takes away from each head: the same head without the edits, or
/// another one.
struct Subtrahend {
    bool with_edits = false;
    std::optional<Index> layer = std::nullopt;  ///< nullopt: the same layer
    std::optional<Index> head = std::nullopt;   ///< nullopt: the same head
};

/// Heads of a reading, and how their maps are drawn.
struct ShownHeads {
    std::shared_ptr<const Reading> reading;
    bool with_edits = true;
    /// Of an encoder-decoder, one part only; nullopt: all of them, and in a picture
    /// cross-attention.
    std::optional<Part> part = std::nullopt;
    std::vector<Index> layers;  ///< empty: all; where parts differ, those that a part has
    std::vector<Index> heads;   ///< empty: all; the order of the array's first axis

    Quantity quantity = Quantity::weights;
    /// A difference, in colours that diverge from zero; where a mask hides a cell its weight is
    /// zero, and a masked logit is not to be compared.
    std::optional<Subtrahend> less = std::nullopt;
    std::string colour_map = "viridis";  ///< see core/colour_map.h
    bool logarithmic = false;            ///< of quantities that are never negative
    /// The colour scale ends at the largest value drawn; else, for weights, at 1.
    bool fitted = true;
    bool dark = false;
};

}  // namespace fovea
