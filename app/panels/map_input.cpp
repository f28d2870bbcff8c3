#include "app/panels/map_input.h"

#include <cmath>

#include "app/panels/map_paint.h"
#include "app/panels/view_parts.h"

namespace fovea::app {
namespace {

constexpr double wheel_step = 1.25;

ImVec2 previous_mouse() {
    const ImGuiIO& io = ImGui::GetIO();
    return {io.MousePos.x - io.MouseDelta.x, io.MousePos.y - io.MouseDelta.y};
}

void paint(Frame& frame, const MapWindow& window, bool begins) {
    const Cell to = window.nearest_cell(ImGui::GetIO().MousePos);
    const Cell from = begins ? to : window.nearest_cell(previous_mouse());
    const auto stroke = cells_between(from, to);
    if (auto command = paint_command(frame.view, frame.document.edits, stroke, frame.part))
        frame.issue(*std::move(command));
}

/// A click on the cell that is pinned frees it.
void pin_or_free(ViewState& view, Cell cell) {
    const ViewState::Pin clicked{cell.query, cell.key};
    if (view.pinned == clicked) {
        view.pinned.reset();
        view.selected_query.reset();
        return;
    }
    view.pinned = clicked;
    view.selected_query = cell.query;
}

}  // namespace

std::optional<Cell> map_input(Frame& frame, MapWindow& window) {
    ImGui::SetCursorScreenPos(window.origin);
    ImGui::InvisibleButton("map", window.size,
                           ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle);
    const bool hovered = ImGui::IsItemHovered();
    const bool active = ImGui::IsItemActive();
    const ImGuiIO& io = ImGui::GetIO();

    if (hovered && io.MouseWheel != 0 && !io.KeyCtrl)
        window.zoom(io.MousePos, std::pow(wheel_step, static_cast<double>(io.MouseWheel)));
    // Painting what is switched off would change nothing on the screen.
    const bool paints = frame.view.paint != PaintTool::none && frame.document.edits_enabled;
    if (ImGui::IsItemActivated() && io.MouseClicked[0]) {
        if (paints) paint(frame, window, true);
    } else if (active && io.MouseDown[0] && paints) {
        paint(frame, window, false);
    }
    const bool pans = active && (io.MouseDown[2] || (io.MouseDown[0] && !paints));
    if (pans && !window.whole()) window.pan(io.MouseDelta);
    if (ImGui::IsItemDeactivated() && paints) frame.end_gesture();

    constexpr float click_slack = 4;
    const bool clicked = hovered && ImGui::IsMouseReleased(0) && !paints &&
                         io.MouseDragMaxDistanceSqr[0] < click_slack * click_slack;
    if (hovered && !paints && ImGui::IsMouseDoubleClicked(0)) {
        window.left = window.top = 0;
        window.span = window.keys();
    }
    remember(window, frame.view);

    if (!hovered && !(active && paints)) return std::nullopt;
    const auto cell = window.cell_at(io.MousePos);
    if (!cell) return std::nullopt;
    frame.view.hover.query = cell->query;
    frame.view.hover.key = cell->key;
    if (clicked) pin_or_free(frame.view, *cell);
    return cell;
}

}  // namespace fovea::app
