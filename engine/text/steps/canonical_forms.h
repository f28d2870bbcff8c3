#pragma once

#include <string_view>
#include <vector>

#include "engine/text/aligned_text.h"

namespace fovea::text {

enum class Decomposition { canonical, compatibility };

/// Unicode Standard Annex 15: the characters of `text` taken apart and put into canonical order
/// (NFD, NFKD), each with its account of where it came from.
std::vector<Change> decompose(std::string_view text, Decomposition kind);

/// Puts what was taken apart together again (NFC, NFKC).
std::vector<Change> compose(const std::vector<Change>& decomposed);

}  // namespace fovea::text
