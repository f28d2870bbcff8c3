#pragma once

#include "engine/core/utf8.h"

/// What the Unicode Character Database says of a character.
namespace fovea::text {

bool is_whitespace(char32_t code);         // White_Space
bool is_control(char32_t code);            // Cc, Cf, Co; unassigned characters are not
bool is_punctuation(char32_t code);        // P*, or one of ASCII's signs
bool is_number(char32_t code);             // N*
bool is_nonspacing_mark(char32_t code);    // Mn
bool is_mark(char32_t code);               // M*
bool is_word_character(char32_t code);     // regular expressions' \w
bool is_chinese_character(char32_t code);  // the blocks that BERT takes for Chinese

}  // namespace fovea::text
