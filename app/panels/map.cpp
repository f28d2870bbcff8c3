#include "app/panels/list.h"
#include "app/panels/matrix_view.h"

namespace fovea::app {
namespace {

void draw(Frame& frame) {
    const Area area = view_bar(frame);
    const auto picture = map_picture(frame, false);
    if (!picture) return nothing_to_see(frame, area);
    const bool unit = frame.view.quantity == Quantity::weights;
    matrix_view(frame, *picture, area, colour_scale(frame.view, unit));
}

}  // namespace

Panel map_panel() {
    return {"map", "", Place::middle, MiddleView::map, draw};
}

}  // namespace fovea::app
