#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/models/subword_model.h"

namespace fovea::text {

// The models out of data that have been read already, whatever kind of file they stood in.

struct WordPieceSettings {
    std::string prefix = "##";  ///< before what continues a word
    std::int32_t unknown = Vocabulary::none;
    size_t longest_word = 100;  ///< characters; a longer word is unknown
};
SubwordModelPointer make_word_piece(const Vocabulary& vocabulary, WordPieceSettings settings);

struct UnigramSettings {
    std::vector<double> scores;  ///< [tokens], log-probabilities; -infinity: never in a text
    std::int32_t unknown = Vocabulary::none;
    bool byte_fallback = false;
};
/// The vocabulary has at least as many tokens as there are scores.
SubwordModelPointer make_unigram(const Vocabulary& vocabulary, UnigramSettings settings);

struct TokenPair {
    std::string_view left;
    std::string_view right;
};
struct BytePairSettings {
    std::string prefix;  ///< before a character that does not begin its word
    std::string suffix;  ///< after a character that ends its word
    std::int32_t unknown = Vocabulary::none;
    bool fuse_unknown = false;
    bool byte_fallback = false;
    bool ignore_merges = false;  ///< a word that is a token is not cut
};
/// `merges` in the order in which they were learnt; a token that the vocabulary does not have is
/// an error.
Result<SubwordModelPointer> make_byte_pair_encoding(std::shared_ptr<const Vocabulary> vocabulary,
                                                    const std::vector<TokenPair>& merges,
                                                    BytePairSettings settings);

}  // namespace fovea::text
