#pragma once

#include <memory>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/aligned_text.h"
#include "engine/text/json_section.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// A token of a piece: bytes [begin, end) of the normalised text.
struct Subword {
    std::int32_t id = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// Cuts each piece into what the vocabulary has.
class SubwordModel {
  public:
    virtual ~SubwordModel() = default;

    /// Appends the tokens of all pieces in order. Any thread may call.
    virtual Status tokenize(const Pieces& pieces, std::vector<Subword>& found) const = 0;

    /// What stands before a token that continues a word ("##"), after one that ends a word
    /// ("</w>"); most have neither.
    virtual std::string_view continuing_prefix() const { return {}; }
    virtual std::string_view ending_suffix() const { return {}; }

    /// A token for what the vocabulary has not, which is shown as it was typed.
    virtual std::int32_t unknown_as_typed() const { return Vocabulary::none; }
};

using SubwordModelPointer = std::unique_ptr<const SubwordModel>;

/// A model reads its own part of the file, and leaves the vocabulary with whoever shares it.
struct ModelSource {
    const JsonSection& section;
    std::shared_ptr<Vocabulary> vocabulary;
    /// Settings that count in place of the section's, a null too; may be null.
    const JsonSection* instead = nullptr;

    /// Where a setting is read.
    const JsonSection& of(std::string_view key) const {
        return instead && !instead->object().at_key(key).error() ? *instead : section;
    }
};

/// A model's "type"; old files leave it out, and it shows in their settings.
Result<std::string_view> subword_model_type(const JsonSection& section);

/// Reads `{"type": ..., "vocab": ..., ...}`; an unknown type is an error that names it.
Result<SubwordModelPointer> make_subword_model(const ModelSource& source);

// One maker a model; subword_model_list.cpp says which types they answer to.
Result<SubwordModelPointer> make_byte_pair_encoding(const ModelSource& source);
Result<SubwordModelPointer> make_word_piece(const ModelSource& source);
Result<SubwordModelPointer> make_word_level(const ModelSource& source);
Result<SubwordModelPointer> make_unigram(const ModelSource& source);

/// `"vocab": {"token": id, ...}` into the vocabulary.
Status read_vocabulary(const JsonSection& section, Vocabulary& vocabulary);
/// `{"token": id, ...}` itself.
Status read_words(const JsonSection& words, Vocabulary& vocabulary);

/// The id under the name that `key` gives, `none` where there is no such key; a name that the
/// vocabulary does not have is an error.
Result<std::int32_t> read_token(const ModelSource& source, std::string_view key);

}  // namespace fovea::text
