#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace fovea {

/// One token of a sentence.
struct Token {
    std::int32_t id = 0;
    /// As the vocabulary spells it: "Ġthe", "##ing", "▁Once", "<0xE4>".
    std::string text;
    /// Bytes [begin, end) of the typed text that became this token; empty for added specials.
    size_t begin = 0;
    size_t end = 0;
    /// Added by the post-processor ([CLS], <s>), not typed.
    bool special = false;
    /// Typed in the second sentence of a pair: [begin, end) are bytes of that one.
    bool of_pair = false;
    /// By which a model tells the sentences of a pair apart (Devlin et al. 2019).
    std::int32_t type = 0;
};

/// Text to tokens, as a `tokenizer.json` describes it. Immutable after loading: any thread may
/// call any function.
class Tokenizer {
  public:
    virtual ~Tokenizer() = default;

    /// Reads a `tokenizer.json`. Errors name the file and what it asks for that is unknown.
    static Result<std::shared_ptr<const Tokenizer>> load(const std::filesystem::path& file);

    /// Reads whatever a model's folder has: `tokenizer.json`, or the older forms `vocab.json` with
    /// `merges.txt`, `vocab.txt`, `spiece.model` or `tokenizer.model` (SentencePiece), and
    /// Opus-MT's `source.spm`, `target.spm` and `vocab.json`, with what tokenizer_config.json,
    /// special_tokens_map.json, added_tokens.json and config.json say about them. Null where the
    /// folder has none of these.
    static Result<std::shared_ptr<const Tokenizer>> load_folder(
        const std::filesystem::path& folder);

    /// The tokenizer of what an encoder-decoder writes, where it is not the one of what it reads
    /// (Opus-MT's `target.spm`); null where it is.
    static Result<std::shared_ptr<const Tokenizer>> load_target(
        const std::filesystem::path& folder);

    /// Like load, from memory; `name` stands in errors. Never trusts the bytes (it is fuzzed).
    static Result<std::shared_ptr<const Tokenizer>> parse(std::string_view json,
                                                          std::string_view name);

    /// Tokens of `text` (UTF-8; invalid UTF-8 is an error that names the byte). Specials typed by
    /// hand ("[MASK]") are recognised whatever `add_special` says; `add_special` is about those
    /// that the post-processor adds.
    virtual Result<std::vector<Token>> encode(std::string_view text, bool add_special) const = 0;

    /// Tokens of two sentences that are read as one, as the tokenizer's template for pairs joins
    /// them: [CLS] text [SEP] pair [SEP]. Without the specials only their tokens, of the template's
    /// types. A second sentence that is empty is none, as for the reference's tokenizers. An error
    /// where `has_pairs` says no.
    virtual Result<std::vector<Token>> encode_pair(std::string_view text, std::string_view pair,
                                                   bool add_special) const;

    /// There is a template for pairs.
    virtual bool has_pairs() const { return false; }

    /// The vocabulary's spelling of an id; empty where there is none.
    virtual std::string token_text(std::int32_t id) const = 0;
    virtual std::optional<std::int32_t> token_id(std::string_view text) const = 0;

    /// What a person would read for this token: "Ġthe" is " the", "▁Once" is " Once", "##ing" is
    /// "ing", bytes that are no whole character are shown as "\xE4".
    virtual std::string piece(std::int32_t id) const = 0;

    /// What the token adds to a text, byte by byte: " the", "\xE4" alone. Empty where it stands for
    /// none.
    virtual std::string bytes(std::int32_t id) const = 0;
    /// It stands for no text: "</s>", "[SEP]".
    virtual bool is_special(std::int32_t id) const = 0;

    virtual std::int32_t vocabulary_size() const = 0;

    /// What the files say that is not followed, or that contradicts itself: a sentence each.
    virtual std::vector<std::string> warnings() const { return {}; }

    /// The token to be filled in ("[MASK]", "<mask>"), where the vocabulary has one.
    virtual std::optional<std::int32_t> mask_id() const = 0;
};

/// A short label for drawing: see piece_label.
std::string token_label(const Tokenizer& tokenizer, const Token& token);

}  // namespace fovea
