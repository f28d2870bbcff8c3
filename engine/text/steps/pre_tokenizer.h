#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/text/aligned_text.h"
#include "engine/text/json_section.h"

namespace fovea::text {

/// Cuts pieces into smaller ones before a model sees them.
class PreTokenizer {
  public:
    virtual ~PreTokenizer() = default;
    virtual Status apply(Pieces& pieces) const = 0;
};

using PreTokenizerPointer = std::unique_ptr<const PreTokenizer>;

/// Reads `{"type": ..., ...}`; an unknown type is an error that names it.
Result<PreTokenizerPointer> make_pre_tokenizer(const JsonSection& section);

// One maker a family; pre_tokenizer_list.cpp says which types each answers to.
Result<PreTokenizerPointer> make_byte_level(const JsonSection& section);
Result<PreTokenizerPointer> make_metaspace(const JsonSection& section);
Result<PreTokenizerPointer> make_split(const JsonSection& section);
Result<PreTokenizerPointer> make_bert_splitter(const JsonSection& section);
Result<PreTokenizerPointer> make_whitespace_splitter(const JsonSection& section);
Result<PreTokenizerPointer> make_word_splitter(const JsonSection& section);
Result<PreTokenizerPointer> make_digit_splitter(const JsonSection& section);
Result<PreTokenizerPointer> make_punctuation_splitter(const JsonSection& section);
Result<PreTokenizerPointer> make_delimiter_splitter(const JsonSection& section);
Result<PreTokenizerPointer> make_script_splitter(const JsonSection& section);

}  // namespace fovea::text
