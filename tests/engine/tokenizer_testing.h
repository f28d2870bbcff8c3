#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/tokenizer.h"

namespace fovea {

/// One token as a test writes it down.
struct ExpectedToken {
    std::string text;
    size_t begin = 0;
    size_t end = 0;

    bool operator==(const ExpectedToken&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const ExpectedToken& token) {
        return out << token.text << " [" << token.begin << ", " << token.end << ")";
    }
};

inline std::shared_ptr<const Tokenizer> tokenizer_of(std::string_view json) {
    auto tokenizer = Tokenizer::parse(json, "test.json");
    EXPECT_TRUE(tokenizer.ok()) << tokenizer.message();
    return tokenizer.ok() ? *tokenizer : nullptr;
}

inline std::vector<ExpectedToken> tokens_of(const Tokenizer& tokenizer, std::string_view text,
                                            bool add_special = false) {
    const auto encoded = tokenizer.encode(text, add_special);
    EXPECT_TRUE(encoded.ok()) << encoded.message();
    std::vector<ExpectedToken> tokens;
    if (!encoded.ok()) return tokens;
    for (const Token& token : *encoded)
        tokens.push_back({token.text, token.begin, token.end});
    return tokens;
}

using Tokens = std::vector<ExpectedToken>;

}  // namespace fovea
