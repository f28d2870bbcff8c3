#pragma once

#include <string_view>

#include "engine/core/result.h"

namespace fovea::text {

/// How a byte-level tokenizer cuts the text up before its merges.
struct GgufPreTokenizer {
    std::string_view name;         ///< as `tokenizer.ggml.pre` has it
    std::string_view json;         ///< as a tokenizer.json's "pre_tokenizer" has it
    bool composes = false;         ///< brings the text into the form NFC before
    bool whole_words = false;      ///< a word that is a token is not cut ("ignore_merges")
    bool begins_sentence = false;  ///< adds the first token where the file does not say
};

/// An unknown name is an error that lists the known ones.
Result<GgufPreTokenizer> gguf_pre_tokenizer(std::string_view name);

}  // namespace fovea::text
