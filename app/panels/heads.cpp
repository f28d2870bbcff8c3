#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "app/panels/head_grid.h"
#include "app/panels/list.h"
#include "app/render/widgets.h"
#include "engine/metrics/row_metric.h"

namespace fovea::app {
namespace {

// Two quiet menus at the right of the heading: the order, and the metric that frames the heads.
void draw_heading(Frame& frame) {
    widgets::heading(frame, "HEADS");
    std::vector<std::string_view> metrics = {"none"};
    int chosen = 0;
    for (const RowMetric& metric : row_metrics()) {
        if (metric.name == frame.view.frame_metric) chosen = static_cast<int>(metrics.size());
        metrics.push_back(metric.label);
    }
    const int before = chosen;
    widgets::heading_choice(frame, "frame", chosen, metrics,
                            "Metric that frames the heads in colour\nF: the next one", "frame: ");
    if (chosen != before) {
        frame.view.frame_metric =
            chosen == 0 ? std::string()
                        : std::string(row_metrics()[static_cast<size_t>(chosen - 1)].name);
    }
    const float width =
        widgets::choice_width(frame, metrics[static_cast<size_t>(before)], "frame: ", false);
    static constexpr std::array<std::string_view, 2> orders = {"layer", "entropy"};
    int order = static_cast<int>(frame.view.grid_order);
    if (widgets::heading_choice(frame, "sort", order, orders, "Order of the heads\nG",
                                "sort: ", width / frame.scale + 14))
        frame.view.grid_order = static_cast<GridOrder>(order);
}

void draw(Frame& frame) {
    draw_heading(frame);
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    GridRoom room;
    room.width = ImGui::GetContentRegionAvail().x;
    const GridSize size = grid_size(frame, room);
    head_grid(frame, corner, size);
    ImGui::SetCursorScreenPos(corner);
    ImGui::Dummy({room.width, std::ceil(size.height())});
}

}  // namespace

Panel heads_panel() {
    return {"heads", "", Place::left, MiddleView::map, draw};
}

}  // namespace fovea::app
