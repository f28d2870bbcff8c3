#include "app/panels/view_parts.h"

#include "app/maps/head_textures.h"

namespace fovea::app {

ColourScale colour_scale(const ViewState& view, bool unit) {
    ColourScale scale;
    scale.map = view.colour_map;
    scale.logarithmic = view.logarithmic;
    scale.fitted = !unit || view.colour_range == ColourRange::fitted;
    return scale;
}

std::shared_ptr<const LayerTrace> layer_of(const Trace* trace, Index layer) {
    if (trace == nullptr || layer < 0 || layer >= static_cast<Index>(trace->layers.size()))
        return nullptr;
    return trace->layers[static_cast<size_t>(layer)];
}

const Edits& edits_in_force(const Frame& frame) {
    static const Edits none;
    return frame.document.edits_enabled ? frame.document.edits : none;
}

void show_thumbnails(Frame& frame) {
    if (!frame.reading) return;
    const bool edited = frame.reading->edited && frame.trace != frame.original;
    const auto& whole = edited ? frame.reading->edited : frame.reading->original;
    // The trace of a part lives as long as the one that holds it.
    frame.textures.show_trace({whole, frame.trace});
}

}  // namespace fovea::app
