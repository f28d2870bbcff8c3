#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/figure/scene.h"

namespace fovea {

/// How wide text will be where it is drawn, so that one layout serves paper and window: Cairo's
/// letters are measured by TextRuler, the window's by its own fonts.
class TextMeasure {
  public:
    virtual ~TextMeasure() = default;

    virtual double width(std::string_view text, const TextStyle& style) = 0;
    /// The text, or as much of its beginning as fits before an ellipsis.
    std::string shortened(std::string_view text, const TextStyle& style, double width);
    /// Lines no wider than `width`, broken between words and where the script has none.
    virtual std::vector<std::string> wrapped(std::string_view text, const TextStyle& style,
                                             double width);
};

}  // namespace fovea
