#pragma once

#include <imgui.h>

namespace fovea::app {

/// Fills a rectangle with an opaque colour by clearing it. ImGui's own rectangles are textured and
/// blended, which a software renderer pays for at every pixel; for a large area this is twenty
/// times cheaper.
void fill_area(ImDrawList* list, ImVec2 min, ImVec2 max, ImU32 colour);

/// Sets OpenGL's scissor to the clip rectangle of a command that is being rendered. False where
/// nothing of it is on the screen.
bool scissor_to(const ImDrawCmd& command);

}  // namespace fovea::app
