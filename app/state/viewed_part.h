#pragma once

#include <optional>

#include "app/state/view_state.h"
#include "engine/edit/edits.h"
#include "engine/model/model.h"

namespace fovea::app {

/// The part of a model that the view looks at; `self` where there is only one.
Part viewed_part(const Model& model, const ViewState& view);

/// Keeps the view right after `view.part` was changed: a head that the part has, the whole of its
/// map, and no token of the other sentence. `before` is the part that was in view.
void turn_to_part(ViewState& view, const Model& model, Part before);

/// The chosen heads inside what the part in view has.
void keep_heads_inside(ViewState& view, const Model& model);

/// A part as edits name it: not at all where the model has only one.
inline std::optional<Part> named(Part part) {
    return part == Part::self ? std::nullopt : std::optional(part);
}
inline Scope scope_of(HeadId head, Part part) {
    return {head.layer, head.head, named(part)};
}
inline Scope scope_of_layer(Index layer, Part part) {
    return {layer, std::nullopt, named(part)};
}

}  // namespace fovea::app
