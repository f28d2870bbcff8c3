#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/readers/folder_class.h"
#include "engine/text/readers/folder_settings.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

// The steps that transformers gives to a tokenizer of a class, as a tokenizer.json describes them.

/// A normaliser's or a decoder's step.
nlohmann::json replace_step(nlohmann::json pattern, std::string_view content);
nlohmann::json camembert_normalizer();

/// "▁" for spaces and, as `prepend` has it ("always", "first", "never"), in front.
nlohmann::json metaspace(std::string_view prepend, bool split);
/// How the classes of unigram models cut a text into words.
nlohmann::json unigram_words(Family family, bool add_prefix_space);

/// A place in a template: "$A" and "$B" are the sentences, all else is a token, left out where
/// neither the vocabulary nor the added tokens have it.
struct TemplatePlace {
    std::string what;
    int type = 0;
};
/// A post-processor that reads one sentence, or two as one; without `pair` it takes no second one.
nlohmann::json template_of(const Vocabulary& vocabulary, const nlohmann::json& added,
                           const std::vector<TemplatePlace>& single,
                           const std::vector<TemplatePlace>& pair = {});
/// The one of a class that puts a sentence between `begin` and `end`; T5's has no beginning. BERT's
/// where the class has none.
nlohmann::json class_template(Family family, const std::string& begin, const std::string& end,
                              const Vocabulary& vocabulary, const nlohmann::json& added);
/// RoBERTa's, which trims spans as well.
nlohmann::json roberta_post_processor(const FolderSettings& settings, const Vocabulary& vocabulary,
                                      const nlohmann::json& added);
/// The beginning of sentence before each sentence and its end behind.
nlohmann::json framed(const FolderSettings& settings, const Vocabulary& vocabulary,
                      const nlohmann::json& added, bool begins, bool ends);

}  // namespace fovea::text
