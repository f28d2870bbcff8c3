#include "app/state/viewed_part.h"

#include <algorithm>

namespace fovea::app {

Part viewed_part(const Model& model, const ViewState& view) {
    if (!model.encoder()) return Part::self;
    return view.part == Part::self ? Part::cross : view.part;
}

void keep_heads_inside(ViewState& view, const Model& model) {
    const Part part = viewed_part(model, view);
    const Index layers = model.layers(part), heads = model.heads(part);
    view.selected.layer = std::clamp<Index>(view.selected.layer, 0, layers - 1);
    view.selected.head = std::clamp<Index>(view.selected.head, 0, heads - 1);
    std::erase_if(view.line_heads,
                  [&](const HeadId& id) { return id.layer >= layers || id.head >= heads; });
}

void turn_to_part(ViewState& view, const Model& model, Part before) {
    const Part now = viewed_part(model, view);
    if (now == before) return;
    const bool other_sentence = (before == Part::encoder) != (now == Part::encoder);
    if (other_sentence) view.selected_query.reset();
    view.pinned.reset();
    view.hover = {};
    view.map_left = view.map_top = view.map_span = 0;
    keep_heads_inside(view, model);
}

}  // namespace fovea::app
