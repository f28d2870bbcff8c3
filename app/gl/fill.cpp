#include "app/gl/fill.h"

#include <epoxy/gl.h>

#include <cmath>
#include <cstdint>

namespace fovea::app {
namespace {

void clear(const ImDrawList*, const ImDrawCmd* command) {
    if (!scissor_to(*command)) return;
    const auto packed = reinterpret_cast<std::uintptr_t>(command->UserCallbackData);
    const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(static_cast<ImU32>(packed));
    glClearColor(colour.x, colour.y, colour.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
}

}  // namespace

bool scissor_to(const ImDrawCmd& command) {
    const ImDrawData* data = ImGui::GetDrawData();
    const ImVec2 scale = data->FramebufferScale;
    const auto pixel = [](float value) { return static_cast<GLint>(std::lround(value)); };
    const GLint left = pixel((command.ClipRect.x - data->DisplayPos.x) * scale.x);
    const GLint top = pixel((command.ClipRect.y - data->DisplayPos.y) * scale.y);
    const GLint right = pixel((command.ClipRect.z - data->DisplayPos.x) * scale.x);
    const GLint bottom = pixel((command.ClipRect.w - data->DisplayPos.y) * scale.y);
    if (right <= left || bottom <= top) return false;
    glEnable(GL_SCISSOR_TEST);
    glScissor(left, pixel(data->DisplaySize.y * scale.y) - bottom, right - left, bottom - top);
    return true;
}

void fill_area(ImDrawList* list, ImVec2 min, ImVec2 max, ImU32 colour) {
    // The command's own clip rectangle says where, so that nothing has to outlive this call.
    list->PushClipRect(min, max, true);
    list->AddCallback(clear, reinterpret_cast<void*>(static_cast<std::uintptr_t>(colour)));
    list->PopClipRect();
}

}  // namespace fovea::app
