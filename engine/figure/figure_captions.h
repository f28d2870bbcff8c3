#pragma once

#include <string>
#include <vector>

#include "engine/figure/figure_parts.h"

namespace fovea {

/// Every edit in a few words: "temperature 0.35 in layer 2 head 5 · 3 cells hidden". Empty where
/// there are none.
std::string describe_edits(const Edits& edits);

/// What the colours measure: "attention weight".
std::string quantity_caption(const ShownHeads& job);

/// One label a token: without the spaces around it, never empty.
std::vector<std::string> figure_labels(const std::vector<std::string>& labels,
                                       const std::vector<std::string>& texts);

/// What several heads share, or which one it is: "layer 2 · head 5", "layers 0–5 · heads 1, 3".
std::string head_caption(const std::vector<HeadPicture>& pictures);

/// The lines above a figure: model and heads, quantity and length, edits.
std::vector<HeadingLine> figure_heading(const Figure& figure, const ShownHeads& job,
                                        const std::vector<HeadPicture>& pictures);

/// A sentence about pooled cells; empty where every cell of the maps is drawn.
std::string pooling_note(const HeadPicture& picture);

}  // namespace fovea
