#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "app/maps/head_textures.h"
#include "app/panels/map_axes.h"
#include "app/panels/matrix_view.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"
#include "app/views/view_bar_controls.h"

namespace fovea::app {
namespace {

/// The largest weight of the head in view, from its thumbnail, whose cells are the largest of
/// theirs.
float largest_weight(const Frame& frame) {
    const HeadId head = chosen_head(frame);
    const Tensor& thumbnails = frame.trace->scores(head.layer).thumbnails;
    const Index cells = thumbnails.extent(1) * thumbnails.extent(2);
    const float* first = thumbnails.data() + head.head * cells;
    return *std::max_element(first, first + cells);
}

/// Of a map whose colours from 0 to 1 are all the lowest: what would show more.
void draw_hint(Frame& frame, const Area& area) {
    if (frame.view.quantity != Quantity::weights || frame.view.logarithmic ||
        frame.view.colour_range != ColourRange::unit)
        return;
    const std::string words = fit_hint(largest_weight(frame));
    widgets::text_right(ImGui::GetWindowDrawList(), frame.fonts.small,
                        {area.max.x - frame.px(16), std::floor(area.min.y + frame.px(4))},
                        frame.theme.muted, words);
}

void draw_map(Frame& frame, Area area) {
    const auto picture = map_picture(frame, false);
    if (!picture) return nothing_to_see(frame, area);
    const bool unit = frame.view.quantity == Quantity::weights;
    matrix_view(frame, *picture, area, colour_scale(frame.view, unit));
    draw_hint(frame, area);
}

std::vector<BarControl> map_controls(Frame& frame) {
    std::vector<BarControl> controls;
    const bool pooled = frame.textures.map_is_pooled();
    controls.push_back(quantity_control(frame));
    if (pooled) controls.push_back(pooling_control(frame));
    controls.push_back(colour_control(frame));
    controls.back().needed = !pooled;  // which head it is matters more
    controls.push_back(range_control(frame));
    controls.push_back(logarithm_control(frame));
    controls.push_back(paint_control(frame));
    controls.push_back(copy_control(frame));
    return controls;
}

}  // namespace

std::string fit_hint(float largest) {
    constexpr float one_colour = 0.06f;  // of the scale from 0 to 1
    if (!(largest < one_colour)) return "";
    const float above = std::max(0.001f, std::ceil(largest * 1000) / 1000);
    return fmt::format("all below {} — U fits the colours", short_number(above));
}

View map_view() {
    return {"map", "Map", "One head's attention, query by key", draw_map, map_controls};
}

}  // namespace fovea::app
