#include <fmt/format.h>

#include "app/maps/head_textures.h"
#include "app/panels/matrix_view.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"
#include "app/views/view_bar_controls.h"

namespace fovea::app {
namespace {

// What is compared, in words.
std::string caption(const Frame& frame, const Comparison& compared) {
    if (compared.with_edits)
        return fmt::format("{} with the edits, less without them", head_title(compared.other));
    return fmt::format("{} less {}", head_title(frame.view.selected), head_title(compared.other));
}

void draw_difference(Frame& frame, Area area) {
    if (!frame.reading) return nothing_to_see(frame, area);
    const auto compared = comparison(frame);
    const auto picture = map_picture(frame, true);
    if (!compared || !picture) {
        return notice(frame, area,
                      "Nothing to compare: edit something, or Ctrl+click a second head.");
    }
    ColourScale scale;
    scale.diverging = true;
    scale.logarithmic = frame.view.logarithmic;
    scale.dark = frame.theme.is_dark;
    scale.fitted = true;  // from -1 to 1 most differences would be pale
    widgets::text(ImGui::GetWindowDrawList(), frame.fonts.small,
                  {area.min.x + frame.px(16), area.min.y + frame.px(10)}, frame.theme.muted,
                  caption(frame, *compared));
    area.min.y += frame.px(22);
    matrix_view(frame, *picture, area, scale);
}

std::vector<BarControl> difference_controls(Frame& frame) {
    std::vector<BarControl> controls;
    controls.push_back(quantity_control(frame));
    if (frame.textures.map_is_pooled()) controls.push_back(pooling_control(frame));
    controls.push_back(logarithm_control(frame));
    controls.push_back(paint_control(frame));
    controls.push_back(copy_control(frame));
    return controls;
}

}  // namespace

View difference_view() {
    View view{"difference", "Difference", "With the edits less without them", draw_difference,
              difference_controls};
    view.compares = true;
    return view;
}

}  // namespace fovea::app
