#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

struct URegularExpression;

namespace fovea::text {

/// Bytes [begin, end) that a pattern found.
struct Match {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// A compiled regular expression. Sharing it between threads is fine: whoever searches makes a
/// Searcher of his own.
class RegularExpression {
  public:
    static Result<RegularExpression> compile(std::string_view pattern);

    class Searcher {
      public:
        explicit Searcher(const RegularExpression& expression);
        /// All matches from left to right, appended to `found`. A pattern that takes forever on
        /// this text is an error.
        Status find_all(std::string_view text, std::vector<Match>& found);

      private:
        void convert(std::string_view text);

        std::shared_ptr<URegularExpression> expression_;
        std::u16string units_;
        std::vector<std::uint32_t> byte_of_unit_;  // [units + 1]
    };

  private:
    std::shared_ptr<const URegularExpression> compiled_;
};

}  // namespace fovea::text
