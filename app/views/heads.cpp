#include <algorithm>
#include <cmath>

#include "app/panels/head_grid.h"
#include "app/panels/matrix_view.h"
#include "app/views/list.h"
#include "app/views/view_bar_controls.h"

namespace fovea::app {
namespace {

void draw_all_heads(Frame& frame, Area area) {
    if (frame.trace == nullptr) return nothing_to_see(frame, area);
    // A model of very many heads scrolls rather than shrinking them to dots.
    ImGui::SetCursorScreenPos(area.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild("grid", {area.width(), area.height()}, false);
    const float margin = std::floor(frame.px(20));
    HeadRoom room;
    room.width = area.width() - 2 * margin;
    room.height = area.height() - 2 * margin;
    room.label_width = std::floor(frame.px(24));
    room.header = std::floor(frame.px(20));
    room.between = std::floor(frame.px(16));
    room.smallest = frame.px(14);
    room.largest = frame.px(132);
    const HeadLayout layout = grid_layout(frame, room);
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const ImVec2 corner(
        std::floor(start.x + margin + std::max(0.0f, (room.width - layout.width()) / 2)),
        start.y + margin);
    head_grid(frame, corner, layout);
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({1, std::ceil(layout.height() + 2 * margin)});
    ImGui::EndChild();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
}

std::vector<BarControl> heads_controls(Frame& frame) {
    return {order_control(frame), frame_control(frame), colour_control(frame), range_control(frame),
            logarithm_control(frame)};
}

}  // namespace

View heads_view() {
    View view{"heads", "Heads", "Every head of every layer, large", draw_all_heads, heads_controls};
    view.of_one_head = false;
    return view;
}

}  // namespace fovea::app
