#pragma once

#include "engine/session/reading.h"

namespace fovea {

/// Fills all that a reading says of the vocabulary at one position, from its traces. Logits of
/// `previous` (or null, of the same model) that stand are reused. Nothing where there is no
/// language head, or nothing masked.
void predict(Reading& reading, const Reading* previous);

/// The logits of one position, [1, vocabulary], with the edits where they change them and
/// `with_edits` says so; from the reading where it has them.
std::shared_ptr<const Tensor> logits_at(const Reading& reading, bool with_edits, Index position);

/// The edits went through the model: predictions may be others. Applied to the picture only they
/// leave them alone.
bool edits_reach_predictions(const Reading& reading);

/// Where a masked model's first mask token is.
std::optional<Index> first_mask(const Reading& reading);

}  // namespace fovea
