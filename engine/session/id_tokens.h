#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"

namespace fovea {

// Ids that came without a text, and back. The tokenizer may be null: then a token is called by its
// id.

Token token_of(std::int32_t id, const Tokenizer* tokenizer);
std::vector<Token> tokens_of(const std::vector<std::int32_t>& ids, const Tokenizer* tokenizer);
std::vector<std::int32_t> ids_of(const std::vector<Token>& tokens);
/// For drawing.
std::vector<std::string> labels_of(const std::vector<Token>& tokens, const Tokenizer* tokenizer);

}  // namespace fovea
