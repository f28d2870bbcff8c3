#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "engine/core/result.h"
#include "engine/text/tokenizer.h"

namespace fovea {

/// What stands around a text, and in the place of an unknown character: ids, -1 where there is
/// none.
struct AlphabetSpecials {
    std::int32_t begin = -1;
    std::int32_t end = -1;
    std::int32_t unknown = -1;
    std::int32_t padding = -1;
};

/// One token a character, the id its place in a list: what a model of letters or phonemes has for a
/// vocabulary. Places of the specials are not for characters. Errors: no UTF-8, nothing in it.
Result<std::shared_ptr<const Tokenizer>> make_alphabet(std::string_view characters,
                                                       const AlphabetSpecials& specials);

/// The two alphabets of a folder whose config.json has `grapheme_chars` and `phoneme_chars`: of the
/// source and of the target. Both null where it has none.
struct Alphabets {
    std::shared_ptr<const Tokenizer> source;
    std::shared_ptr<const Tokenizer> target;
};
Result<Alphabets> load_alphabets(const std::filesystem::path& config_file);

}  // namespace fovea
