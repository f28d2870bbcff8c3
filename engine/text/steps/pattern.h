#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/text/json_section.h"
#include "engine/text/steps/regular_expression.h"

namespace fovea::text {

/// Every place of `literal`, which is not empty, from left to right; none overlap.
void find_literal(std::string_view text, std::string_view literal, std::vector<Match>& found);

/// `{"String": "..."}` or `{"Regex": "..."}`: what a normaliser replaces, what a splitter cuts at.
class Pattern {
  public:
    static Result<Pattern> read(const JsonSection& section, std::string_view key);
    static Result<Pattern> regular(std::string_view expression);

    class Searcher {
      public:
        explicit Searcher(const Pattern& pattern);
        /// All matches from left to right, appended to `found`.
        Status find_all(std::string_view text, std::vector<Match>& found);

      private:
        const Pattern& pattern_;
        std::optional<RegularExpression::Searcher> expression_;
    };

  private:
    std::string literal_;
    std::optional<RegularExpression> expression_;
};

}  // namespace fovea::text
