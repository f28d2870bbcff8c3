#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/export/scene.h"

namespace fovea {

/// Measures text as it will be drawn, every script included. One thread at a time.
class TextRuler {
  public:
    TextRuler();
    ~TextRuler();
    TextRuler(const TextRuler&) = delete;

    double width(std::string_view text, const TextStyle& style);
    /// The text, or as much of its beginning as fits before an ellipsis.
    std::string shortened(std::string_view text, const TextStyle& style, double width);
    /// Lines no wider than `width`, broken where the script allows.
    std::vector<std::string> wrapped(std::string_view text, const TextStyle& style, double width);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea
