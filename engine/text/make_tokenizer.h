#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/text/json_section.h"
#include "engine/text/normalizer.h"
#include "engine/text/subword_model.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// The tokenizer that a `tokenizer.json` describes, around a model that has been made already: the
/// description's own "model" is not looked at. `before` (may be null) runs before its normaliser.
Result<std::shared_ptr<const Tokenizer>> make_tokenizer(const JsonSection& description,
                                                        SubwordModelPointer model,
                                                        std::shared_ptr<Vocabulary> vocabulary,
                                                        NormalizerPointer before = nullptr,
                                                        std::vector<std::string> warnings = {});

}  // namespace fovea::text
