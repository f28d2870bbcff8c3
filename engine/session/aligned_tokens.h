#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/tensor.h"
#include "engine/text/tokenizer.h"

namespace fovea {

/// For each token of A the one of B that stands in its place, rising; nullopt: it has none there.
/// One that has a place need not be the same token.
using TokenAlignment = std::vector<std::optional<Index>>;

/// Global alignment of two sentences token by token (Needleman and Wunsch 1970): an equal pair
/// counts 1, an unequal one and a token without a partner -1 each, so that one word in the place of
/// another is a pair and a word that was put in has none. Of several best ones the one with gaps as
/// far behind as can be. Time and memory grow with the product of what lies between the ends that
/// are equal; where that is more than 2^20, only those ends are aligned.
TokenAlignment aligned_tokens(std::span<const Token> a, std::span<const Token> b);

/// The pairs of these whose tokens are equal; the others have none.
TokenAlignment equal_tokens(std::span<const Token> a, std::span<const Token> b);

/// The same the other way round: for each of `count` tokens of B the one of A.
TokenAlignment turned_round(const TokenAlignment& alignment, Index count);

}  // namespace fovea
