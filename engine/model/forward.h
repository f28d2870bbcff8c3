#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/model/model.h"
#include "engine/model/prediction.h"
#include "engine/trace/trace.h"

namespace fovea {

struct ForwardRequest {
    std::vector<std::int32_t> ids;
    Edits edits;
    /// The target of an encoder-decoder, from its start token on; empty elsewhere.
    std::vector<std::int32_t> decoder_ids = {};
    /// Of which sentence each token of `ids` is, where the model tells sentences apart (Devlin et
    /// al. 2019); empty: all of the first.
    std::vector<std::int32_t> token_types = {};
    Taps taps = {};
};

/// The one forward pass. Of an encoder-decoder the result is the decoder's trace, with the others
/// in it. Pure: reuses of `previous` (a trace of the same model, or nullptr) the layers below the
/// lowest one whose edits differ. Cancellation is checked at every layer; a
/// cancelled pass returns the error `cancelled_message`. Errors: an empty sentence, one beyond the
/// context, an id outside the vocabulary, a token type that the model has not, an edit out
/// of range.
Result<std::shared_ptr<const Trace>> run(const Model& model, const ForwardRequest& request,
                                         const Trace* previous, const CancelToken& cancel);

/// Language-model logits of positions [begin, end): [end - begin, vocabulary]. The model must have
/// a language head.
Tensor logits(const Model& model, const Trace& trace, Index begin, Index end);

/// What the language head makes of states [rows, width] that have passed the final norm: [rows,
/// vocabulary].
Tensor head_logits(const Model& model, Tensor states);

}  // namespace fovea
