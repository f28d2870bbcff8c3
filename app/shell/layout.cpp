#include "app/shell/layout.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gl/fill.h"
#include "app/panels/left_column.h"
#include "app/panels/list.h"
#include "app/panels/token_tiles.h"
#include "app/shell/application.h"
#include "app/shell/column.h"
#include "app/shell/keys_overlay.h"
#include "app/shell/region.h"
#include "app/shell/status_line.h"
#include "app/shell/top_bar.h"
#include "app/ui/style.h"
#include "app/ui/widgets.h"
#include "app/views/view_bar.h"

namespace fovea::app {
namespace {

constexpr float narrowest_side = 220;  // design pixels
constexpr float lowest_strip = 64, usual_strip = 92, lowest_middle = 240;
constexpr float strip_heading = 44;  // above and below the tiles
constexpr float splitter_width = 8;

/// The effective sizes: the wished ones, shrunk where the window is small; a folded column is a
/// strip with its name.
struct Columns {
    float left, right, strip;
    bool left_folded, right_folded;
};

constexpr float folded_width = 28;
/// Of a window, in design pixels: up to here the column folds by itself.
constexpr float right_folds_at = 920, left_folds_at = 640;

bool is_folded(ViewState::Fold fold, float width, float folds_at) {
    return fold == ViewState::Fold::folded ||
           (fold == ViewState::Fold::automatic && width <= folds_at);
}

/// At its usual height the strip makes room for all tokens of a short sentence; one that was
/// dragged keeps the height it was given.
float strip_height(Frame& frame, float width, float height) {
    const float wished = frame.px(frame.view.strip_height);
    if (frame.view.strip_height != usual_strip) return wished;
    const float room = width - frame.px(2 * side_padding + TokenTiles::margin);
    float tiles = strip_layout(frame, room).height(frame.px(StripLayout::between));
    // An empty sentence has its row all the same, and so has its target.
    if (!frame.reading && frame.model && frame.model->encoder())
        tiles = frame.px(2 * TokenTiles::height + StripLayout::between);
    return std::clamp(tiles + frame.px(strip_heading), wished, std::max(wished, height * 0.25f));
}

Columns columns(Frame& frame, float width, float height) {
    const ViewState& view = frame.view;
    float left = frame.px(view.left_width), right = frame.px(view.right_width);
    const bool left_folded = is_folded(view.left_fold, width / frame.scale, left_folds_at);
    const bool right_folded = is_folded(view.right_fold, width / frame.scale, right_folds_at);
    if (left_folded) left = frame.px(folded_width);
    if (right_folded) right = frame.px(folded_width);
    const float room = width * (left_folded || right_folded ? 0.45f : 0.56f);  // the middle's rest
    if (left + right > room && left_folded != right_folded) {
        float& open = left_folded ? right : left;
        open = room - frame.px(folded_width);
    } else if (left + right > room) {
        const float share = room / (left + right);
        left *= share;
        right *= share;
    }
    const float highest_strip = std::max(frame.px(lowest_strip), height - frame.px(lowest_middle));
    const float strip =
        std::clamp(strip_height(frame, width, height), frame.px(lowest_strip), highest_strip);
    return {std::floor(left), std::floor(right), std::floor(strip), left_folded, right_folded};
}

void fill(const Rectangle& area, ImU32 colour) {
    ImGui::GetWindowDrawList()->AddRectFilled(area.min, area.max, colour);
}

void draw_middle(Frame& frame, const Rectangle& area) {
    fill_area(ImGui::GetWindowDrawList(), area.min, area.max, frame.theme.background);
    if (begin_region("middle", area, {0, 0}, false)) draw_view(frame);
    // A region ends with an item: newer versions of ImGui insist.
    ImGui::Dummy({0, 0});
    ImGui::EndChild();
}

void draw_strip(Frame& frame, const Rectangle& area) {
    if (begin_region("strip", area, {frame.px(side_padding), frame.px(8)}, true)) {
        for (const Panel& panel : panels())
            if (panel.place == Place::bottom) {
                ImGui::PushID(panel.name);
                if (*panel.heading) widgets::heading(frame, panel.heading);
                panel.draw(frame);
                ImGui::PopID();
            }
    }
    ImGui::EndChild();
}

/// A line between two regions that can be dragged. Returns how far, in design pixels.
struct Splitter {
    const char* id;
    bool vertical;  ///< the line stands; it is dragged sideways
    ImVec2 from, to;
    float* size;
    float direction;  ///< +1: dragging right or down makes the region larger
    float low, high, usual;
};

void draw_splitter(Frame& frame, const Splitter& splitter) {
    const float half = frame.px(splitter_width) / 2, line = line_thickness(frame);
    const ImVec2 grow = splitter.vertical ? ImVec2(half, 0) : ImVec2(0, half);
    const ImVec2 min{splitter.from.x - grow.x, splitter.from.y - grow.y};
    ImGui::SetCursorScreenPos(min);
    ImGui::InvisibleButton(splitter.id, {splitter.to.x - splitter.from.x + 2 * grow.x + line,
                                         splitter.to.y - splitter.from.y + 2 * grow.y + line});
    const bool active = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    if (active || hovered)
        ImGui::SetMouseCursor(splitter.vertical ? ImGuiMouseCursor_ResizeEW
                                                : ImGuiMouseCursor_ResizeNS);
    if (active) {
        const ImVec2 moved = ImGui::GetIO().MouseDelta;
        const float by = (splitter.vertical ? moved.x : moved.y) / frame.scale;
        *splitter.size =
            std::clamp(*splitter.size + by * splitter.direction, splitter.low, splitter.high);
    }
    if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
        *splitter.size = splitter.usual;
    const ImVec2 across = splitter.vertical ? ImVec2(line, 0) : ImVec2(0, line);
    fill({splitter.from, {splitter.to.x + across.x, splitter.to.y + across.y}},
         active || hovered ? frame.theme.blue : frame.theme.line);
}

void choose_arrow_target(Application& application, const Rectangle& heads,
                         const Rectangle& tokens) {
    if (!ImGui::IsMouseClicked(ImGuiMouseButton_Left)) return;
    if (ImGui::IsMouseHoveringRect(heads.min, heads.max, false))
        application.arrows = ArrowTarget::heads;
    if (ImGui::IsMouseHoveringRect(tokens.min, tokens.max, false))
        application.arrows = ArrowTarget::tokens;
}

}  // namespace

void draw_window(Application& application, Frame& frame) {
    apply_style(frame.theme, frame.scale);
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::Begin("fovea", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground |
                     ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNav |
                     ImGuiWindowFlags_NoScrollWithMouse);
    const float line = line_thickness(frame);
    const float top = draw_top_bar(application, frame, size.x);
    const float status = std::floor(frame.px(27));
    const Columns sizes = columns(frame, size.x, size.y - top - status);
    const float status_top = size.y - status;
    const float strip_top = status_top - sizes.strip;

    const Rectangle left{{0, top}, {sizes.left - line, strip_top}};
    const Rectangle right{{size.x - sizes.right + line, top}, {size.x, strip_top}};
    const Rectangle middle{{sizes.left, top}, {size.x - sizes.right, strip_top}};
    const Rectangle strip{{0, strip_top + line}, {size.x, status_top - line}};
    frame.view.left_is_folded = sizes.left_folded;
    frame.view.right_is_folded = sizes.right_folded;
    choose_arrow_target(application, left, {middle.min, {middle.max.x, strip.max.y}});
    // A head chosen by a key shows where it is.
    if (frame.view.head_sought) fold(frame.view, "heads", false);
    if (sizes.left_folded)
        draw_folded(frame, "left", "heads · entropy", left, frame.view.left_fold, "W");
    else
        draw_column(frame, Place::left, "left", left);
    if (sizes.right_folded)
        draw_folded(frame, "right", "temperature · mask · next token", right, frame.view.right_fold,
                    "Shift+W");
    else
        draw_column(frame, Place::right, "right", right);
    draw_middle(frame, middle);
    draw_strip(frame, strip);
    fill({{0, status_top - line}, {size.x, status_top}}, frame.theme.line);
    draw_status_line(application, frame, {0, status_top}, size);

    const float widest = size.x / frame.scale * 0.45f;
    if (!sizes.left_folded)
        draw_splitter(frame, {"split left",
                              true,
                              {sizes.left - line, top},
                              {sizes.left - line, strip_top},
                              &frame.view.left_width,
                              1,
                              narrowest_side,
                              std::max(narrowest_side, widest),
                              324});
    if (!sizes.right_folded)
        draw_splitter(frame, {"split right",
                              true,
                              {size.x - sizes.right, top},
                              {size.x - sizes.right, strip_top},
                              &frame.view.right_width,
                              -1,
                              narrowest_side,
                              std::max(narrowest_side, widest),
                              308});
    draw_splitter(frame, {"split strip",
                          false,
                          {0, strip_top},
                          {size.x, strip_top},
                          &frame.view.strip_height,
                          -1,
                          lowest_strip,
                          std::max(lowest_strip, size.y / frame.scale * 0.5f),
                          usual_strip});
    draw_over_all(application, frame);
    ImGui::End();
    if (frame.view.show_keys) draw_keys_overlay(frame);
}

}  // namespace fovea::app
