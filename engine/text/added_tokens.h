#pragma once

#include <memory>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/json_section.h"
#include "engine/text/normalizer.h"
#include "engine/text/prefix_trie.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// Tokens that stand beside the model's own and are recognised before anything is cut: specials
/// such as "[MASK]", and words that somebody added.
class AddedTokens {
  public:
    /// Bytes [begin, end) of a text: a token, or (`id` none) what lies between tokens.
    struct Stretch {
        std::int32_t id = Vocabulary::none;
        size_t begin = 0;
        size_t end = 0;
    };

    /// Reads "added_tokens" and puts them into the vocabulary. `normalizer` may be null.
    static Result<AddedTokens> read(const JsonSection& root, const Normalizer* normalizer,
                                    Vocabulary& vocabulary);

    /// Those recognised in what was typed.
    std::vector<Stretch> find_in_typed(std::string_view text) const { return find(typed_, text); }
    /// Those recognised in what the normaliser left.
    std::vector<Stretch> find_in_normalized(std::string_view text) const {
        return find(normalized_, text);
    }

    bool holds(std::int32_t id) const;
    /// One that stands for no text; words that somebody added do.
    bool is_special(std::int32_t id) const;

  private:
    struct Entry {
        std::int32_t id = Vocabulary::none;
        bool single_word = false;
        bool strips_left = false;
        bool strips_right = false;
    };
    struct Set {
        PrefixTrie spellings;  // to places in `entries`
        std::vector<Entry> entries;
        void add(std::string_view spelling, const Entry& entry);
    };

    static std::vector<Stretch> find(const Set& set, std::string_view text);

    Set typed_;
    Set normalized_;
    std::vector<std::int32_t> ids_;          // sorted
    std::vector<std::int32_t> special_ids_;  // sorted
};

}  // namespace fovea::text
