#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"

namespace fovea {

inline nlohmann::json read_json(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return nlohmann::json::parse(stream);
}

inline std::vector<size_t> byte_of_character(const std::string& text) {
    std::vector<size_t> offsets;
    for (size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(i);
    }
    offsets.push_back(text.size());
    return offsets;
}

/// Ids with and without special tokens, spellings and spans of one entry of a golden.json.
inline void compare_with_golden(const Tokenizer& tokenizer, const nlohmann::json& golden) {
    using nlohmann::json;
    const std::string text = golden["text"];
    SCOPED_TRACE(text);
    const Result<std::vector<Token>> encoded = tokenizer.encode(text, true);
    ASSERT_TRUE(encoded.ok()) << encoded.message();
    std::vector<int> ids;
    std::vector<std::string> tokens;
    std::vector<std::vector<size_t>> spans;
    for (const Token& token : *encoded) {
        ids.push_back(token.id);
        tokens.push_back(token.text);
        spans.push_back({token.begin, token.end});
    }
    EXPECT_EQ(json(ids), golden["ids"]);
    if (golden.contains("tokens")) {
        EXPECT_EQ(json(tokens), golden["tokens"]);
    }
    if (golden.contains("char_offsets")) {
        const std::vector<size_t> bytes = byte_of_character(text);
        std::vector<std::vector<size_t>> expected;
        for (const auto& span : golden["char_offsets"]) {
            expected.push_back({bytes.at(span[0]), bytes.at(span[1])});
        }
        EXPECT_EQ(spans, expected);
    }
    if (golden.contains("ids_without_special_tokens")) {
        const Result<std::vector<Token>> bare = tokenizer.encode(text, false);
        ASSERT_TRUE(bare.ok()) << bare.message();
        std::vector<int> bare_ids;
        for (const Token& token : *bare)
            bare_ids.push_back(token.id);
        EXPECT_EQ(json(bare_ids), golden["ids_without_special_tokens"]);
    }
}

}  // namespace fovea
