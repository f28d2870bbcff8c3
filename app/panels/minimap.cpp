#include "app/panels/minimap.h"

#include <algorithm>
#include <cmath>

#include "app/maps/head_textures.h"
#include "app/panels/panel_parts.h"
#include "app/panels/search.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float smallest = 48, largest = 168;  // design pixels
constexpr float smallest_frame = 9;
constexpr double wheel_step = 1.25;

// The part in view; never so small that it could not be seen.
MapWindow::Box framed(const Frame& frame, const MapWindow& view, const MapWindow& whole) {
    MapWindow::Box box{
        {static_cast<float>(whole.x_of(view.left)), static_cast<float>(whole.y_of(view.top))},
        {static_cast<float>(whole.x_of(view.left + view.span)),
         static_cast<float>(whole.y_of(view.top + view.rows()))}};
    const float least = frame.px(smallest_frame);
    const auto widen = [&](float& low, float& high, float first, float last) {
        if (high - low >= least) return;
        const float middle =
            std::clamp((low + high) / 2, first + least / 2, std::max(first, last - least / 2));
        low = middle - least / 2;
        high = middle + least / 2;
    };
    widen(box.min.x, box.max.x, whole.origin.x, whole.end().x);
    widen(box.min.y, box.max.y, whole.origin.y, whole.end().y);
    return {{std::round(box.min.x), std::round(box.min.y)},
            {std::round(box.max.x), std::round(box.max.y)}};
}

void take_mouse(Frame& frame, const MapWindow& whole) {
    ImGui::SetCursorScreenPos(whole.origin);
    const auto hit = widgets::hit(frame, "minimap", whole.size,
                                  "The whole map; what is in view is framed\nclick or drag: go "
                                  "there · Ctrl+arrows · Home: all of it");
    const ImGuiIO& io = ImGui::GetIO();
    if (hit.held) {
        // The pointer may leave the picture while it drags: then to its edge.
        const double key =
            whole.left + (static_cast<double>(io.MousePos.x) - whole.origin.x) / whole.cell_width();
        const double query =
            whole.top + (static_cast<double>(io.MousePos.y) - whole.origin.y) / whole.cell_height();
        centre_map(frame.view, whole.extent, query, key);
    }
    if (hit.hovered && io.MouseWheel != 0 && !io.KeyCtrl)
        zoom_map(frame.view, whole.extent,
                 std::pow(wheel_step, static_cast<double>(io.MouseWheel)));
}

}  // namespace

std::optional<Area> minimap_area(const Frame& frame, Area room, MapExtent extent, float reserved) {
    const auto rows = static_cast<float>(extent.queries), columns = static_cast<float>(extent.keys);
    const float width = std::min(room.width(), frame.px(largest));
    const float height = std::min(room.height() - reserved, frame.px(largest));
    if (std::min(width, height) < frame.px(smallest)) return std::nullopt;
    // As the map itself: not longer than three times its width.
    const float shape = std::clamp(rows / columns, 1.0f / 3, 3.0f);
    const float across = std::floor(std::min(width, height / shape));
    const float down = std::floor(across * shape);
    return Area{{room.min.x, room.max.y - down}, {room.min.x + across, room.max.y}};
}

void minimap(Frame& frame, MapExtent extent, Area area) {
    const ImVec2 size{area.width(), area.height()};
    const MapWindow whole = map_window(ViewState{}, extent, area.min, size);
    take_mouse(frame, whole);
    const MapWindow view = map_window(frame.view, extent, area.min, size);

    show_thumbnails(frame);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const HeadId head = chosen_head(frame);
    const HeadTile tile{head.layer, head.head, area.min, area.max, 1};
    frame.textures.draw_heads(list, {&tile, 1}, colour_scale(frame.view, true), frame.theme.raised);
    const float line = std::max(1.0f, std::floor(frame.scale));
    list->AddRect({area.min.x - line, area.min.y - line}, {area.max.x + line, area.max.y + line},
                  frame.theme.line, 0, 0, line);
    const auto box = framed(frame, view, whole);
    // A dark edge outside of the blue one: it must be seen on bright noise, too.
    const float thick = 2 * line;
    list->AddRectFilled({box.min.x - line, box.min.y - line}, {box.max.x + line, box.max.y + line},
                        faded(frame.theme.background, 0.35f));
    list->AddRect({box.min.x - line, box.min.y - line}, {box.max.x + line, box.max.y + line},
                  frame.theme.background, 0, 0, thick);
    list->AddRect({box.min.x + line, box.min.y + line}, {box.max.x - line, box.max.y - line},
                  frame.theme.blue, 0, 0, thick);
    draw_axis_marks(frame, whole, frame.px(4));
}

}  // namespace fovea::app
