#include <algorithm>
#include <cmath>

#include "app/panels/head_grid.h"
#include "app/panels/list.h"
#include "app/panels/matrix_view.h"

namespace fovea::app {
namespace {

void draw(Frame& frame) {
    const Area area = view_bar(frame);
    if (frame.trace == nullptr) return nothing_to_see(frame, area);
    // A model with many layers scrolls rather than shrinking its heads to dots.
    ImGui::SetCursorScreenPos(area.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild("grid", {area.width(), area.height()}, false);
    const float margin = std::floor(frame.px(20));
    GridRoom room;
    room.width = ImGui::GetContentRegionAvail().x - 2 * margin;
    room.height = area.height() - 2 * margin;
    room.smallest = 20;
    room.largest = 132;
    const GridSize size = grid_size(frame, room);
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const ImVec2 corner(
        std::floor(start.x + margin + std::max(0.0f, (room.width - size.width()) / 2)),
        start.y + margin);
    head_grid(frame, corner, size);
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({1, std::ceil(size.height() + 2 * margin)});
    ImGui::EndChild();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
}

}  // namespace

Panel all_heads_panel() {
    return {"all heads", "", Place::middle, MiddleView::heads, draw};
}

}  // namespace fovea::app
