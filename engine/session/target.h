#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/session/reading.h"

namespace fovea {

/// The tokens of a typed target: the start token, then what was typed with the specials before it.
Result<std::vector<Token>> typed_target_tokens(const LoadedModel& loaded, const std::string& text);

/// Fills target_tokens, target_labels and target_text of a reading whose model has a decoder beside
/// an encoder: as typed, or written by the model greedily over `ids`. Blocks; checks `cancel` at
/// every token that it writes.
Status read_target(const std::vector<std::int32_t>& ids, const CancelToken& cancel,
                   Reading& reading);

}  // namespace fovea
