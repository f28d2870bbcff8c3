#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/json_section.h"

namespace fovea::text {

/// How a token's spelling turns into what a person would read.
class PieceStyle {
  public:
    /// From a tokenizer.json's "decoder", and where it has none from what cut the text.
    static PieceStyle read(const JsonSection& root);

    void set_continuing_prefix(std::string_view prefix) { continuing_prefix_ = prefix; }
    void set_ending_suffix(std::string_view suffix) { ending_suffix_ = suffix; }

    std::string piece(std::string_view spelling) const;
    /// The same before bytes that are no whole character are made visible.
    std::string bytes(std::string_view spelling) const;

  private:
    void add(const JsonSection& part);

    bool byte_level_ = false;
    bool byte_fallback_ = false;
    std::string continuing_prefix_;
    std::string ending_suffix_;
    std::vector<std::pair<std::string, std::string>> replacements_;
};

/// `bytes` as UTF-8, with "\xE4" for each byte that is no part of a whole character.
std::string visible_bytes(std::string_view bytes);

}  // namespace fovea::text
