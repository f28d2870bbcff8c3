#include <cmath>
#include <string>

#include "app/panels/head_grid.h"
#include "app/panels/head_menus.h"
#include "app/panels/head_order.h"
#include "app/panels/left_column.h"
#include "app/panels/list.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

// Two quiet menus at the right of the heading: the order, and what frames the heads.
void draw_heading(Frame& frame) {
    widgets::heading(frame, "HEADS");
    widgets::arrows_mark(frame, {.shown = frame.arrows == ArrowTarget::heads,
                                 .vertical = true,
                                 .tooltip = "The arrow keys choose the head\nAfter a click on the "
                                            "map or on the tokens they choose the token"});
    // Long names in a narrow column: what the menus are for is said by their tooltips.
    constexpr float heading_room = 56 + widgets::arrows_mark_room,
                    between = 14;  // the heading itself, and air
    const auto width = [&](const std::string& label) {
        return widgets::choice_width(frame, label, {}, false);
    };
    std::string order = order_label(frame.view), frames = frame_label(frame.view);
    const bool both =
        width("frame: " + frames) + width("sort: " + order) + frame.px(between + heading_room) <=
        ImGui::GetContentRegionAvail().x;
    if (both) {
        order = "sort: " + order;
        frames = "frame: " + frames;
    }
    // Of two long names neither takes all of the room.
    const float half = (ImGui::GetContentRegionAvail().x - frame.px(between + heading_room)) / 2;
    const float right = std::min(width(frames), std::max(half, 2 * half - width(order)));
    widgets::HeadingMenu menu{.id = "frame",
                              .label = frames,
                              .tooltip =
                                  "What frames the heads in colour\nF: the next one · D: how "
                                  "much the edits changed each head",
                              .design_width = 250,
                              .widest = right};
    if (widgets::heading_menu(frame, menu)) {
        frame_items(frame);
        widgets::end_menu();
    }
    menu = {.id = "sort",
            .label = order,
            .tooltip = "Order of the heads\nG: the next one · Shift+G: up or down",
            .design_width = 250,
            .right_offset = right + frame.px(between)};
    if (widgets::heading_menu(frame, menu)) {
        order_items(frame);
        widgets::end_menu();
    }
}

void draw_heads(Frame& frame) {
    draw_heading(frame);
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    HeadLayout layout = left_column(frame).heads;
    if (sorts_heads(frame.view)) {
        HeadRoom room;
        room.width = layout.width();
        room.height = layout.height();
        room.header = layout.header;
        room.smallest = frame.px(4);
        room.largest = frame.px(40);
        layout = grid_layout(frame, room);
    }
    head_grid(frame, corner, layout);
    ImGui::SetCursorScreenPos(corner);
    widgets::gap(frame, std::ceil(layout.height()) / frame.scale);
}

}  // namespace

Panel heads_panel() {
    return {"heads", "", Place::left, draw_heads};
}

}  // namespace fovea::app
