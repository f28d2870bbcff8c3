#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/text/json_section.h"
#include "engine/text/models/subword_model.h"
#include "engine/text/steps/normalizer.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// What no `tokenizer.json` says.
struct TokenizerExtras {
    NormalizerPointer before = nullptr;  ///< runs before its normaliser; may be null
    std::vector<std::string> warnings = {};
    std::string mask = {};  ///< how the mask is spelt; empty: "[MASK]" or "<mask>"
};

/// The tokenizer that a `tokenizer.json` describes, around a model that has been made already: the
/// description's own "model" is not looked at.
Result<std::shared_ptr<const Tokenizer>> make_tokenizer(const JsonSection& description,
                                                        SubwordModelPointer model,
                                                        std::shared_ptr<Vocabulary> vocabulary,
                                                        TokenizerExtras extras = {});

}  // namespace fovea::text
