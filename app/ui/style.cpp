#include "app/ui/style.h"

#include <imgui.h>

namespace fovea::app {
namespace {

ImVec4 channels(ImU32 colour) {
    return ImGui::ColorConvertU32ToFloat4(colour);
}

}  // namespace

void apply_style(const Theme& theme, float scale) {
    ImGuiStyle style;
    style.WindowPadding = {0, 0};
    style.WindowBorderSize = 0;
    style.ChildBorderSize = 0;
    style.PopupBorderSize = 1;
    style.FrameBorderSize = 1;
    style.WindowRounding = style.ChildRounding = 0;
    style.PopupRounding = style.FrameRounding = 6;
    style.FramePadding = {10, 6};
    style.ItemSpacing = {8, 8};
    style.ItemInnerSpacing = {8, 8};
    style.ScrollbarSize = 8;
    style.ScrollbarRounding = 4;
    style.GrabMinSize = 24;
    style.GrabRounding = 4;
    style.WindowMinSize = {1, 1};
    style.DisplayWindowPadding = style.DisplaySafeAreaPadding = {0, 0};
    style.AntiAliasedLinesUseTex = false;
    style.ScaleAllSizes(scale);
    style.PopupBorderSize = style.FrameBorderSize = scale < 1.5f ? 1.f : scale;

    for (ImVec4& colour : style.Colors)
        colour = channels(theme.raised);
    const auto set = [&](ImGuiCol which, ImU32 colour) { style.Colors[which] = channels(colour); };
    const ImU32 clear = faded(theme.panel, 0);
    set(ImGuiCol_Text, theme.text);
    set(ImGuiCol_TextDisabled, theme.faint);
    set(ImGuiCol_WindowBg, theme.panel);
    set(ImGuiCol_ChildBg, clear);
    set(ImGuiCol_PopupBg, theme.is_dark ? theme.raised : theme.panel);
    set(ImGuiCol_Border, theme.line);
    set(ImGuiCol_BorderShadow, clear);
    set(ImGuiCol_FrameBg, theme.background);
    set(ImGuiCol_FrameBgHovered, theme.background);
    set(ImGuiCol_FrameBgActive, theme.background);
    set(ImGuiCol_ScrollbarBg, clear);
    set(ImGuiCol_ScrollbarGrab, theme.line);
    set(ImGuiCol_ScrollbarGrabHovered, theme.faint);
    set(ImGuiCol_ScrollbarGrabActive, theme.muted);
    set(ImGuiCol_CheckMark, theme.blue);
    set(ImGuiCol_SliderGrab, theme.text);
    set(ImGuiCol_SliderGrabActive, theme.blue);
    set(ImGuiCol_Separator, theme.line);
    set(ImGuiCol_TextSelectedBg, faded(theme.blue, 0.28f));
    set(ImGuiCol_NavHighlight, theme.blue);
    set(ImGuiCol_ModalWindowDimBg, faded(theme.background, 0.6f));
    ImGui::GetStyle() = style;
}

}  // namespace fovea::app
