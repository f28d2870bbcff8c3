#pragma once

#include "engine/core/tensor.h"
#include "engine/model/model.h"
#include "engine/trace/trace.h"

namespace fovea {

/// The logit lens (nostalgebraist 2020, "interpreting GPT: the logit lens"): what the model would
/// say if it ended after `state` layers, ln P over the vocabulary, of positions [begin, end): [end
/// - begin, vocabulary]. The hidden state passes the final norm, by its own statistics, and the
/// whole language head; state 0 is the embeddings, state = layers the model's own prediction. The
/// model must have a language head; of an encoder-decoder the trace is the decoder's.
Tensor lens_log_probabilities(const Model& model, const Trace& trace, Index state, Index begin,
                              Index end);

/// The same of all states (from `first` on) of tokens [begin, end), in one product, as logits:
/// [(end - begin) * states, vocabulary], a token's states one after another.
Tensor lens_logits(const Model& model, const Trace& trace, Index begin, Index end, Index first = 0);

}  // namespace fovea
