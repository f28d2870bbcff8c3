#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/state/view_state.h"
#include "engine/text/tokenizer.h"

namespace fovea::app {

/// Bytes [begin, end) of a text.
struct ByteRange {
    size_t begin = 0, end = 0;
    bool operator==(const ByteRange&) const = default;
};

/// A text in which words are found whatever their case, their width or the way their accents are
/// written (Unicode's NFKC_Casefold); any white space is like any other. What is found are whole
/// characters with their accents. Takes apart any bytes: those that are no UTF-8 are found by
/// themselves only.
class FoldedText {
  public:
    explicit FoldedText(std::string_view text);

    /// Where the words stand, from left to right, none overlapping another; nowhere for words that
    /// fold to nothing.
    std::vector<ByteRange> find(std::string_view words) const;

  private:
    std::u16string folded_;
    std::vector<size_t> origins_;  // [folded + 1], the byte at which each unit's character begins
};

/// The tokens that byte ranges touch. Both are sorted; tokens without bytes are touched by none.
std::vector<TokenRange> tokens_touched(const std::vector<ByteRange>& ranges,
                                       const std::vector<ByteRange>& tokens, Sentence sentence);

}  // namespace fovea::app
