#include "app/state/pins.h"

#include <algorithm>

namespace fovea::app {

std::optional<std::int32_t> pinned_id(const LoadedModel& model, const PinnedToken& pin) {
    const Tokenizer* tokenizer = model.tokenizer_of_predictions();
    const bool inside = pin.id >= 0 && pin.id < model.model->vocabulary();
    if (!tokenizer || pin.spelling.empty()) return inside ? std::optional(pin.id) : std::nullopt;
    if (inside && tokenizer->token_text(pin.id) == pin.spelling) return pin.id;
    const auto id = tokenizer->token_id(pin.spelling);
    return id && *id < model.model->vocabulary() ? id : std::nullopt;
}

std::vector<std::int32_t> pinned_ids(const LoadedModel& model,
                                     const std::vector<PinnedToken>& pins) {
    std::vector<std::int32_t> ids;
    for (const PinnedToken& pin : pins)
        if (const auto id = pinned_id(model, pin))
            if (std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(*id);
    return ids;
}

void toggle_pin(const LoadedModel& model, std::vector<PinnedToken>& pins, std::int32_t id) {
    const auto removed =
        std::erase_if(pins, [&](const PinnedToken& pin) { return pinned_id(model, pin) == id; });
    if (removed > 0 || pins.size() >= most_pins) return;
    const Tokenizer* tokenizer = model.tokenizer_of_predictions();
    pins.push_back({id, tokenizer ? tokenizer->token_text(id) : ""});
}

}  // namespace fovea::app
