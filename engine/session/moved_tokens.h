#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/edit/edits.h"
#include "engine/text/tokenizer.h"

namespace fovea {

/// A text and the tokens that were made of it.
struct TokenisedText {
    std::string_view text;
    std::span<const Token> tokens;
};

/// What of two texts is the same.
struct TextChange {
    size_t prefix = 0;     ///< bytes at the beginning
    size_t suffix = 0;     ///< bytes at the end
    bool certain = false;  ///< the caret said where the change is
};
/// `caret`: where the person stood afterwards, in bytes of the new text; what follows it was not
/// touched. Without it, or where the texts differ behind it, the texts alone say.
TextChange text_change(std::string_view before, std::string_view after,
                       std::optional<size_t> caret = std::nullopt);

/// For each token of a text, which one of the changed text it has become; nullopt: it is gone.
using TokenMoves = std::vector<std::optional<Index>>;

/// Aligns the tokens before and after a change of their text: what precedes and what follows the
/// change keeps its tokens; at its border a token is the same one where more than half of the bytes
/// of either are the other's (a letter more, a tokenisation that falls otherwise). No two tokens
/// become one. Added specials are aligned by their order from either end. `caret` as for
/// text_change; where it says nothing, whole tokens at either end go before letters.
TokenMoves moved_tokens(const TokenisedText& before, const TokenisedText& after,
                        std::optional<size_t> caret = std::nullopt);

/// The same text, read by two tokenizers: what of it is one token to both (spaces around it aside).
/// Added specials at its ends are one another's.
TokenMoves tokens_of_same_text(const TokenisedText& before, const TokenisedText& after);

/// How the tokens of the two sentences of a model moved; null: that sentence stands as it was.
/// Where there is only one, it is the source.
struct SentenceMoves {
    const TokenMoves* source = nullptr;
    const TokenMoves* target = nullptr;
    bool encoder_decoder = false;
};

/// The blocks where their tokens are now; those of tokens that are gone are left out. A block of an
/// encoder-decoder that names no part speaks of both sentences at once: where they move apart it is
/// spelled out part by part.
std::vector<BlockEdit> moved_blocks(std::span<const BlockEdit> blocks, const SentenceMoves& moves);

}  // namespace fovea
