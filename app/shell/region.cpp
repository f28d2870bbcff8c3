#include "app/shell/region.h"

#include <algorithm>
#include <cmath>

namespace fovea::app {

float line_thickness(const Frame& frame) {
    return std::max(1.f, std::floor(frame.scale));
}

bool begin_region(const char* name, const Rectangle& area, ImVec2 padding, bool scrolls) {
    ImGui::SetCursorScreenPos(area.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, padding);
    const ImGuiWindowFlags flags =
        scrolls ? ImGuiWindowFlags_None
                : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
#if IMGUI_VERSION_NUM >= 19000
    const bool visible = ImGui::BeginChild(name, {area.width(), area.height()},
                                           ImGuiChildFlags_AlwaysUseWindowPadding, flags);
#else
    const bool visible = ImGui::BeginChild(name, {area.width(), area.height()}, false,
                                           flags | ImGuiWindowFlags_AlwaysUseWindowPadding);
#endif
    ImGui::PopStyleVar();
    return visible;
}

}  // namespace fovea::app
