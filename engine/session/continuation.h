#pragma once

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/session/reading.h"

namespace fovea {

/// What the model of a reading writes next, the likeliest token under what `request.write` says;
/// nothing where that is the end of the text, a special token, or no place is left. A token that is
/// part of a character brings those that complete it. Of two sentences the second one goes on, as
/// the reference's generate() does with a pair. Of a masked model the first mask is filled. Blocks:
/// a character of several tokens takes as many passes of one token. Errors: cancelled only.
Result<Continuation> continuation_of(const Reading& reading, const CancelToken& cancel);

}  // namespace fovea
