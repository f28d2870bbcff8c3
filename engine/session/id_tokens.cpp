#include "engine/session/id_tokens.h"

namespace fovea {

Token token_of(std::int32_t id, const Tokenizer* tokenizer) {
    Token token;
    token.id = id;
    token.text = tokenizer ? tokenizer->token_text(id) : std::to_string(id);
    return token;
}

std::vector<Token> tokens_of(const std::vector<std::int32_t>& ids, const Tokenizer* tokenizer) {
    std::vector<Token> tokens;
    for (const std::int32_t id : ids)
        tokens.push_back(token_of(id, tokenizer));
    return tokens;
}

std::vector<std::int32_t> ids_of(const std::vector<Token>& tokens) {
    std::vector<std::int32_t> ids;
    for (const Token& token : tokens)
        ids.push_back(token.id);
    return ids;
}

std::vector<std::string> labels_of(const std::vector<Token>& tokens, const Tokenizer* tokenizer) {
    std::vector<std::string> labels;
    for (const Token& token : tokens)
        labels.push_back(tokenizer ? token_label(*tokenizer, token) : token.text);
    return labels;
}

}  // namespace fovea
