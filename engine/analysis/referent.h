#pragma once

#include <cstdint>
#include <variant>

#include "engine/core/tensor.h"
#include "engine/edit/head_names.h"

namespace fovea {

/// One cell of one head's map.
struct HeadCell {
    Index layer = 0, head = 0, query = 0, key = 0;
    bool operator==(const HeadCell&) const = default;
};

/// A layer's feed-forward.
struct MlpOf {
    Index layer = 0;
    bool operator==(const MlpOf&) const = default;
};

/// The hidden state of a token: 0 = embeddings, I = what layer I - 1 leaves.
struct StateOf {
    Index state = 0, token = 0;
    bool operator==(const StateOf&) const = default;
};

/// A token of the sentence, by its place.
struct TokenAt {
    Index token = 0;
    bool operator==(const TokenAt&) const = default;
};

/// An entry of the vocabulary.
struct VocabularyEntry {
    std::int32_t id = 0;
    bool operator==(const VocabularyEntry&) const = default;
};

/// What an element of a finding stands for, so that pointing at a bar, a square or a row lights up
/// and selects the same thing everywhere. monostate: nothing of the model's.
using Referent =
    std::variant<std::monostate, HeadId, HeadCell, MlpOf, StateOf, TokenAt, VocabularyEntry>;

}  // namespace fovea
