#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/session/reading.h"

namespace fovea::app {

/// Plain English words, over and over.
std::string sentence_of(Index word_count);

struct BenchSentence {
    std::string text;  ///< empty without a tokenizer
    std::vector<std::int32_t> ids;
};

/// A sentence of exactly so many tokens; its text has at least as many. Without a tokenizer the
/// tokens are random.
Result<BenchSentence> sentence_with(const LoadedModel& model, Index tokens);

}  // namespace fovea::app
