#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/json_section.h"
#include "engine/text/prefix_trie.h"
#include "engine/text/steps/normalizer.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {

/// The ids that added tokens have, counted as the tokenizers library does whatever a file says of
/// them: a token of the model keeps the model's id, any other follows on the largest so far, the
/// first one on as many as the model has tokens.
class AddedIds {
  public:
    /// `vocabulary` is the model's own; it may grow by what is counted here.
    explicit AddedIds(const Vocabulary& vocabulary)
        : vocabulary_(vocabulary), model_tokens_(static_cast<std::int64_t>(vocabulary.count())) {}
    std::int64_t of(const std::string& content);

  private:
    const Vocabulary& vocabulary_;
    std::int64_t model_tokens_;
    std::int64_t largest_ = -1;
    std::map<std::string, std::int64_t> new_ids_;
};

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
