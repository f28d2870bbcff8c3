#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/figure/text_measure.h"

namespace fovea {

/// Measures text as Cairo will draw it, every script included. One thread at a time.
class TextRuler final : public TextMeasure {
  public:
    TextRuler();
    ~TextRuler() override;
    TextRuler(const TextRuler&) = delete;

    double width(std::string_view text, const TextStyle& style) override;
    std::vector<std::string> wrapped(std::string_view text, const TextStyle& style,
                                     double width) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea
