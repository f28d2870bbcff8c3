#include "app/shell/kept_picture.h"

#include <epoxy/gl.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/gl/fill.h"

namespace fovea::app {
namespace {

/// The whole pixels that a command may draw to: ImGui's renderer cuts lengths down, scissor_to()
/// rounds edges.
ImVec4 pixels_of(const ImDrawCmd& command, ImVec2 scale) {
    const ImVec4& clip = command.ClipRect;
    const float left = clip.x * scale.x, right = clip.z * scale.x;
    const float top = clip.y * scale.y, bottom = clip.w * scale.y;
    if (command.UserCallback != nullptr)
        return {std::round(left), std::round(top), std::round(right), std::round(bottom)};
    return {std::trunc(left), std::ceil(bottom) - std::trunc(bottom - top),
            std::trunc(left) + std::trunc(right - left), std::ceil(bottom)};
}

void draw_all(ImDrawData& data, ImU32 background) {
    const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(background);
    glClearColor(colour.x, colour.y, colour.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(&data);
}

/// Draws what lies in an area, and nothing beyond.
void draw_area(ImDrawData& data, const ImVec4& area, ImU32 background) {
    std::vector<ImVec4> whole;
    const auto each_command = [&](const auto& change) {
        for (int n = 0; n < data.CmdListsCount; ++n)
            for (ImDrawCmd& command : data.CmdLists[n]->CmdBuffer)
                change(command);
    };
    const ImVec2 scale = data.FramebufferScale;
    each_command([&](ImDrawCmd& command) {
        whole.push_back(command.ClipRect);
        const ImVec4 pixels = pixels_of(command, scale);
        command.ClipRect = {
            std::max(pixels.x / scale.x, area.x), std::max(pixels.y / scale.y, area.y),
            std::min(pixels.z / scale.x, area.z), std::min(pixels.w / scale.y, area.w)};
    });
    ImDrawCmd all;
    all.ClipRect = area;
    if (scissor_to(all)) draw_all(data, background);
    glDisable(GL_SCISSOR_TEST);
    auto before = whole.begin();
    each_command([&](ImDrawCmd& command) { command.ClipRect = *before++; });
}

/// Pixels and the window's coordinates can be turned into one another without an error.
bool is_exact(float scale) {
    return scale == 1 || scale == 2 || scale == 4;
}

}  // namespace

Result<bool> KeptPicture::draw(int width, int height, ImU32 background) {
    if (!picture_ || picture_->width() != width || picture_->height() != height) {
        forget();
        FOVEA_TRY(picture_, OffscreenPicture::create(width, height));
    }
    picture_->bind();
    ImDrawData& data = *ImGui::GetDrawData();
    // Edges of areas are edges of pixels.
    if (!is_exact(data.FramebufferScale.x) || !is_exact(data.FramebufferScale.y)) forget();
    const std::vector<ImVec4> areas = changed_.update(data, background);
    for (const ImVec4& area : areas) {
        const bool all = area.x == 0 && area.y == 0 && area.z == data.DisplaySize.x &&
                         area.w == data.DisplaySize.y;
        if (all)
            draw_all(data, background);
        else
            draw_area(data, area, background);
    }
    return !areas.empty();
}

}  // namespace fovea::app
