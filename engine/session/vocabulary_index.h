#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/tokenizer.h"

namespace fovea {

/// A vocabulary that can be searched by what its pieces look like. Immutable; any thread may
/// search. Making one of a quarter of a million entries takes a tenth of a second, a search a few
/// milliseconds.
class VocabularyIndex {
  public:
    /// How an entry matches; what comes first is the better match.
    enum class Kind : std::uint8_t { id, piece, piece_in_any_case, beginning };
    struct Match {
        std::int32_t id = 0;
        Kind kind = Kind::beginning;
    };

    /// `tokenizer` may be null: then only ids are found. The model may have more entries than its
    /// tokenizer, or fewer.
    VocabularyIndex(const Tokenizer* tokenizer, std::int32_t size);

    /// Entries that `typed` may mean, sorted by id: that id, and pieces that begin with it in any
    /// case. The space in front of a piece counts where one was typed; "\n" and "\t" are what they
    /// are in C.
    std::vector<Match> find(std::string_view typed) const;

  private:
    std::string_view piece(std::int32_t id) const;
    std::string_view folded(std::int32_t id) const;

    std::int32_t size_;
    std::string pieces_, folded_;                          // one after another
    std::vector<std::uint32_t> piece_ends_, folded_ends_;  // [tokenizer's entries]
};

}  // namespace fovea
