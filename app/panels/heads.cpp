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
    static constexpr std::array<std::string_view, 2> orders = {"layer", "entropy"};
    int order = static_cast<int>(frame.view.grid_order);
    // A long name in a narrow column: what the menus are for is said by their tooltips.
    const auto name = metrics[static_cast<size_t>(before)];
    const auto order_name = orders[static_cast<size_t>(order)];
    constexpr float heading_room = 56;  // the heading itself, and air
    const bool both = widgets::choice_width(frame, name, "frame: ", false) +
                          widgets::choice_width(frame, order_name, "sort: ", false) +
                          frame.px(14 + heading_room) <=
                      ImGui::GetContentRegionAvail().x;
    const std::string_view frame_prefix = both ? "frame: " : "";
    const std::string_view sort_prefix = both ? "sort: " : "";
    widgets::heading_choice(frame, "frame", chosen, metrics,
                            "Metric that frames the heads in colour\nF: the next one",
                            frame_prefix);
    if (chosen != before) {
        frame.view.frame_metric =
            chosen == 0 ? std::string()
                        : std::string(row_metrics()[static_cast<size_t>(chosen - 1)].name);
    }
    const float width = widgets::choice_width(frame, name, frame_prefix, false);
    if (widgets::heading_choice(frame, "sort", order, orders, "Order of the heads\nG", sort_prefix,
                                width / frame.scale + 14))
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
