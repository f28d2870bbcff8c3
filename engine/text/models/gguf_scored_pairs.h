#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/text/models/subword_model.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// What SentencePiece's byte-pair models say of a token: no list of merges, but a score.
struct ScoredToken {
    float score = 0;
    /// May come out of a merge. Not so control tokens, the unknown one, and the bytes ("<0x0A>").
    bool merges = true;
};

struct ScoredPairs {
    std::shared_ptr<const Vocabulary> vocabulary;
    std::vector<ScoredToken> tokens;  // [vocabulary]
    std::int32_t unknown = Vocabulary::none;
};

/// Characters at first; then, as long as there is one, the pair of neighbours merges whose token
/// has the highest score, the leftmost of equals (Kudo & Richardson 2018). What is no token in the
/// end becomes its bytes where the vocabulary has them, and unknown where not.
SubwordModelPointer make_scored_pairs(ScoredPairs pairs);

}  // namespace fovea::text
