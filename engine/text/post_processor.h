#pragma once

#include <memory>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/added_tokens.h"
#include "engine/text/json_section.h"
#include "engine/text/tokenizer.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// A sentence that has been cut into tokens.
struct Sentence {
    std::vector<Token>& tokens;
    std::string_view typed;
    const AddedTokens& added;
    bool add_special = true;
};

/// The last step: adds the tokens that a model wants around a sentence, and trims spans.
class PostProcessor {
  public:
    virtual ~PostProcessor() = default;
    virtual void apply(Sentence& sentence) const = 0;
};

using PostProcessorPointer = std::unique_ptr<const PostProcessor>;

/// Reads `{"type": ..., ...}`; an unknown type is an error that names it.
Result<PostProcessorPointer> make_post_processor(const JsonSection& section,
                                                 const Vocabulary& vocabulary);

}  // namespace fovea::text
