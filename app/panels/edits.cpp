#include <fmt/format.h>

#include <cmath>
#include <string>

#include "app/panels/list.h"
#include "app/render/widgets.h"

namespace fovea::app {

namespace {

void draw(Frame& frame) {
    const Index count = frame.document.edits.count();
    widgets::heading(frame, "Edits", count == 0 ? std::string("none") : fmt::format("{}", count));
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x;
    bool picture_only = frame.document.picture_only;
    if (widgets::toggle(frame, "picture", "picture only", picture_only,
                        "Edits on the picture only · V\nOn: they change the maps, the model runs "
                        "unedited\nOff: they act inside the model, through every later layer",
                        true)) {
        frame.issue(SetPictureOnly{picture_only});
        frame.end_gesture();
    }
    if (frame.document.edits.empty()) return;
    const ImVec2 below = ImGui::GetCursorScreenPos();
    constexpr std::string_view label = "reset all";
    const float width = widgets::text_size(frame.fonts.small, label).x;
    ImGui::SetCursorScreenPos({std::floor(right - width), corner.y + frame.px(3)});
    if (widgets::link(frame, "reset", label, "Take all edits away · R\nUndo brings them back")) {
        frame.issue(SetEdits{});
        frame.end_gesture();
    }
    ImGui::SetCursorScreenPos(below);
}

}  // namespace

Panel edits_panel() {
    return {"edits", "", Place::right, MiddleView::map, draw};
}

}  // namespace fovea::app
