#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "made_up_trace.h"
#include "small_reading.h"

namespace fovea::app {

/// A sentence of thousands of tokens with made-up attention, as one of the random checkpoints with
/// so many layers and heads might have read it: the words "word 0", "word 1", ... of two tokens.
inline std::shared_ptr<const Reading> long_reading(Index tokens, unsigned seed = 5) {
    const auto small = small_reading("gpt2", {"a", "b"});
    if (!small) return nullptr;
    auto reading = std::make_shared<Reading>();
    reading->request = small->request;
    TraceShape shape;
    shape.layers = small->request.model->model->layers(Part::self);
    shape.heads = small->request.model->model->heads(Part::self);
    shape.tokens = tokens;
    shape.mask.causal = true;
    reading->original = made_up_trace(shape, seed);
    for (Index i = 0; i < tokens; ++i) {
        Token token;
        token.id = static_cast<std::int32_t>(i % 1000);
        const std::string label = i % 2 == 0 ? "word" : fmt::format("{}", i / 2);
        token.begin = reading->request.text.size() + (i > 0 ? 1 : 0);
        if (i > 0) reading->request.text += ' ';
        reading->request.text += label;
        token.end = reading->request.text.size();
        token.text = label;
        reading->tokens.push_back(token);
        reading->labels.push_back(label);
    }
    return reading;
}

}  // namespace fovea::app
