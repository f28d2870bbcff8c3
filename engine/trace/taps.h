#pragma once

#include <vector>

#include "engine/core/tensor.h"

namespace fovea {

/// Stages of the forward pass that a request may ask to be kept. Nothing is kept, and nothing
/// costs, unless it is asked for; a pass with taps reuses none of an earlier one. What the heads
/// say before W_O is in HeadScores::output always.
struct Taps {
    bool normed_input = false;      ///< what the attention's projections read
    bool attention_output = false;  ///< of each attention, what it adds to the residual stream
    bool mlp_output = false;        ///< the same of the feed-forward
    bool final_residual = false;    ///< the residual stream before the final norm

    bool any() const { return normed_input || attention_output || mlp_output || final_residual; }
};

/// What was kept of one layer, [n, width] each; empty where it was not asked for.
struct LayerTaps {
    Tensor normed_input;
    /// Biases and a norm of the output itself (Gemma 3) are in it; a norm behind the sum is not.
    Tensor attention_output;
    Tensor cross_output;  ///< of the attention across, in a decoder; with attention_output
    Tensor mlp_output;
};

struct TappedStages {
    std::vector<LayerTaps> layers;
    Tensor final_residual;  // [n, width]
};

}  // namespace fovea
