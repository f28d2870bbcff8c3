#include <fmt/format.h>

#include <cmath>
#include <string>

#include "app/panels/list.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

void draw_edits(Frame& frame) {
    const Index count = frame.document.edits.count();
    const ImVec2 heading = ImGui::GetCursorScreenPos();
    const float right = heading.x + ImGui::GetContentRegionAvail().x;
    widgets::heading(frame, count == 0 ? std::string("Edits") : fmt::format("Edits · {}", count));
    const ImVec2 under_heading = ImGui::GetCursorScreenPos();
    constexpr std::string_view picture_label = "picture only", reset_label = "reset";
    const float between = frame.px(14);
    const float toggle_width = widgets::toggle_width(frame, picture_label);
    const float reset_width = std::ceil(widgets::text_size(frame.fonts.small, reset_label).x);
    // The heading with a number of two digits, whatever stands there: nothing jumps.
    const float words = widgets::text_size(frame.fonts.heading, "EDITS · 00").x * 1.1f;
    const bool one_row = words + toggle_width + reset_width + 2 * between <= right - heading.x;
    const ImVec2 corner =
        one_row ? ImVec2(std::floor(right - toggle_width), heading.y - std::floor(frame.px(4)))
                : under_heading;
    ImGui::SetCursorScreenPos(corner);
    bool picture_only = frame.document.picture_only;
    if (widgets::toggle(frame, "picture", picture_label, picture_only,
                        "Edits on the picture only · V\nOn: they change the maps, the model runs "
                        "unedited\nOff: they act inside the model, through every later layer",
                        true)) {
        frame.issue(SetPictureOnly{picture_only});
        frame.end_gesture();
    }
    const ImVec2 below = one_row ? under_heading : ImGui::GetCursorScreenPos();
    if (!frame.document.edits.empty()) {
        const float end = one_row ? corner.x - between : right;
        ImGui::SetCursorScreenPos({std::floor(end - reset_width), corner.y + frame.px(3)});
        if (widgets::link(frame, "reset", reset_label,
                          "Take all edits away · R\nUndo brings them back")) {
            frame.issue(SetEdits{});
            frame.end_gesture();
        }
    }
    ImGui::SetCursorScreenPos(below);
    widgets::gap(frame, 0);
}

}  // namespace

Panel edits_panel() {
    return {"edits", "", Place::right, draw_edits};
}

}  // namespace fovea::app
