#pragma once

#include <optional>
#include <vector>

#include "app/state/view_state.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// Pins beyond these are not read from a file, nor set.
inline constexpr size_t most_pins = 64;

/// What a pin stands for in a model's vocabulary; nullopt: this one has no such token.
std::optional<std::int32_t> pinned_id(const LoadedModel& model, const PinnedToken& pin);

/// Of all pins, each once, in their order.
std::vector<std::int32_t> pinned_ids(const LoadedModel& model,
                                     const std::vector<PinnedToken>& pins);

/// Pins an entry of the vocabulary, or lets it go.
void toggle_pin(const LoadedModel& model, std::vector<PinnedToken>& pins, std::int32_t id);

}  // namespace fovea::app
