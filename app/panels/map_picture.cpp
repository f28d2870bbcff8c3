#include "app/panels/map_picture.h"

#include <algorithm>
#include <limits>

#include "app/maps/head_textures.h"
#include "app/panels/view_parts.h"

namespace fovea::app {
namespace {

constexpr Index largest_text = 2048;  // tokens; above it a matrix is a matter for a file

std::shared_ptr<const ValueNorms> norms_for(const Frame& frame,
                                            const std::shared_ptr<const LayerTrace>& layer,
                                            Index index) {
    if (frame.view.quantity != Quantity::value_weighted) return nullptr;
    return frame.textures.maps().norms(frame.reading->request.model->model, layer, index,
                                       frame.part);
}

}  // namespace

std::optional<Comparison> comparison(const Frame& frame) {
    if (!frame.reading) return std::nullopt;
    const HeadId selected = frame.view.selected;
    if (frame.reading->edited) return Comparison{selected, true};
    for (const HeadId other : frame.view.line_heads) {
        if (other != selected) return Comparison{other, false};
    }
    return std::nullopt;
}

std::optional<MapPicture> map_picture(const Frame& frame, bool difference) {
    const HeadId selected = frame.view.selected;
    MapPicture picture;
    picture.head = selected.head;
    picture.quantity = frame.view.quantity;
    picture.pooling = frame.view.pooling;
    if (difference) {
        const auto compared = comparison(frame);
        if (!compared) return std::nullopt;
        // Shown whether or not the edits are switched on: the difference is what they do.
        const Trace& above = frame.reading->shown(compared->with_edits, frame.part);
        picture.layer = layer_of(&above, selected.layer);
        picture.subtract = layer_of(frame.original, compared->other.layer);
        picture.subtract_head = compared->other.head;
        if (picture.subtract)
            picture.subtract_value_norms =
                norms_for(frame, picture.subtract, compared->other.layer);
        if (!picture.subtract) return std::nullopt;
    } else {
        picture.layer = layer_of(frame.trace, selected.layer);
    }
    if (!picture.layer) return std::nullopt;
    picture.value_norms = norms_for(frame, picture.layer, selected.layer);
    picture.region = whole_map(*picture.layer);
    return picture;
}

std::shared_ptr<const Tensor> whole_matrix(const Frame& frame) {
    const bool difference = frame.compares;
    const auto picture = map_picture(frame, difference);
    if (!picture || std::max(frame.queries(), frame.keys()) > largest_text) return nullptr;
    const auto grid =
        frame.textures.maps().cells(*picture, picture->region.rows(), picture->region.columns());
    auto values = std::make_shared<Tensor>(grid->values.clone());
    const bool logits = frame.view.quantity == Quantity::masked_logits;
    const float hidden = logits ? -std::numeric_limits<float>::infinity() : 0.0f;
    for (float& value : values->values()) {
        if (value < hidden_limit) value = hidden;
    }
    return values;
}

}  // namespace fovea::app
