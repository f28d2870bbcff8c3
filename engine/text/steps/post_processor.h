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
};

/// The last step: trims spans, and adds the tokens that a model wants around a sentence or between
/// two.
class PostProcessor {
  public:
    virtual ~PostProcessor() = default;
    virtual void trim(Sentence) const {}
    /// Puts one sentence between its special tokens.
    virtual void frame(std::vector<Token>&) const {}
    /// It says how two sentences are read as one.
    virtual bool has_pairs() const { return false; }
    /// Both as one, with token types; only where `has_pairs`.
    virtual std::vector<Token> join(std::vector<Token> first, std::vector<Token> second,
                                    bool add_special) const;
};

using PostProcessorPointer = std::unique_ptr<const PostProcessor>;

/// Reads `{"type": ..., ...}`; an unknown type is an error that names it.
Result<PostProcessorPointer> make_post_processor(const JsonSection& section,
                                                 const Vocabulary& vocabulary);

}  // namespace fovea::text
