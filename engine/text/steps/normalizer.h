#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/text/aligned_text.h"
#include "engine/text/json_section.h"

namespace fovea::text {

/// Rewrites a text before it is cut up, keeping account of where everything came from.
class Normalizer {
  public:
    virtual ~Normalizer() = default;
    virtual Status apply(AlignedText& text) const = 0;
};

using NormalizerPointer = std::unique_ptr<const Normalizer>;

/// Reads `{"type": ..., ...}`; an unknown type is an error that names it.
Result<NormalizerPointer> make_normalizer(const JsonSection& section);

// One maker a family; normalizer_list.cpp says which types each answers to.
Result<NormalizerPointer> make_bert_normalizer(const JsonSection& section);
Result<NormalizerPointer> make_unicode_form(const JsonSection& section);
Result<NormalizerPointer> make_lowercase(const JsonSection& section);
Result<NormalizerPointer> make_strip_accents(const JsonSection& section);
Result<NormalizerPointer> make_nmt(const JsonSection& section);
Result<NormalizerPointer> make_strip(const JsonSection& section);
Result<NormalizerPointer> make_replace(const JsonSection& section);
Result<NormalizerPointer> make_prepend(const JsonSection& section);
Result<NormalizerPointer> make_byte_normalizer(const JsonSection& section);
Result<NormalizerPointer> make_precompiled(const JsonSection& section);

/// SentencePiece's own way to apply the replacements in its model files (`precompiled_charsmap`;
/// empty: there are none). The type "Precompiled" differs where keys overlap.
Result<NormalizerPointer> make_sentence_piece_normalizer(std::string_view character_map);

/// One after the other.
NormalizerPointer normalizer_sequence(std::vector<NormalizerPointer> steps);

/// A normaliser that cannot fail, out of a function on the text.
template <class Function>
NormalizerPointer normalizer_from(Function function) {
    class Plain final : public Normalizer {
      public:
        explicit Plain(Function function) : function_(std::move(function)) {}
        Status apply(AlignedText& text) const override {
            function_(text);
            return {};
        }

      private:
        Function function_;
    };
    return std::make_unique<Plain>(std::move(function));
}

// Steps that more than one normaliser takes.
void to_lowercase(AlignedText& text);
void to_unicode_form(AlignedText& text, bool compatible, bool composed);

}  // namespace fovea::text
