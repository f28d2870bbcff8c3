#include "app/shell/session_dialog.h"

#include <imgui.h>

#include <array>
#include <cmath>

#include "app/shell/application.h"

namespace fovea::app {
namespace {

constexpr float dialog_width = 460, padding = 20, message_height = 44;
constexpr const char* popup_name = "session";

void draw_message(Frame& frame, const std::string& message) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImFont* face = frame.fonts.text;
    if (!message.empty())
        ImGui::GetWindowDrawList()->AddText(
            face, widgets::font_size(face), corner, frame.theme.down, message.data(),
            message.data() + message.size(), ImGui::GetContentRegionAvail().x);
    widgets::gap(frame, message_height);
}

void draw_content(Application& application, Frame& frame, DialogControls& controls) {
    SessionDialog& dialog = application.session_dialog;
    const bool saves = dialog.task == SessionDialog::Task::save;
    widgets::heading(frame, saves ? "Save" : "Open",
                     saves ? "" : "a session, or edits; a file can be dropped as well");
    widgets::gap(frame, 4);
    if (controls.text_field("path", dialog.path, "The file's path; ~ is your home folder"))
        dialog.message.clear();
    widgets::gap(frame, 10);
    if (saves) {
        constexpr std::array<std::string_view, 2> labels{"session", "edits only"};
        int what = static_cast<int>(dialog.what);
        if (controls.segments("what", what, labels,
                              "What is written\nsession: model, sentence, edits and what is in "
                              "view\nedits: as --edits and fovea export read them"))
            dialog.what = static_cast<SessionDialog::What>(what);
    } else {
        widgets::gap(frame, 28);
    }
    widgets::gap(frame, 10);
    draw_message(frame, dialog.message);

    const bool replaces = saves && !dialog.replaces.empty() && dialog.replaces == dialog.path;
    const std::string_view go = replaces ? "Replace" : saves ? "Save" : "Open";
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x, space = frame.px(8);
    const float go_left = std::floor(right - widgets::button_width(frame, go));
    ImGui::SetCursorScreenPos(
        {std::floor(go_left - space - widgets::button_width(frame, "Close")), corner.y});
    if (controls.button("close", "Close", "Esc")) ImGui::CloseCurrentPopup();
    ImGui::SetCursorScreenPos({go_left, corner.y});
    const bool can = !dialog.path.empty();
    const bool asked = controls.button("go", go, "Enter", can);
    if (can && (asked || controls.enter())) application.take_session_dialog();
}

}  // namespace

void draw_session_dialog(Application& application, Frame& frame) {
    SessionDialog& dialog = application.session_dialog;
    if (dialog.wanted) {
        dialog.wanted = dialog.close_wanted = false;
        dialog.controls.open(0);
        ImGui::OpenPopup(popup_name);
    }
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({std::floor(screen.x / 2), std::floor(screen.y * 0.4f)},
                            ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({frame.px(dialog_width), 0});
    const float line = std::max(1.0f, std::floor(frame.px(1)));
    ImGui::PushStyleColor(ImGuiCol_PopupBg, frame.theme.panel);
    ImGui::PushStyleColor(ImGuiCol_Border, frame.theme.line);
    ImGui::PushStyleColor(ImGuiCol_ModalWindowDimBg, faded(frame.theme.background, 0.6f));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(padding), frame.px(padding)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, frame.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, line);
    ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, line);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    if (ImGui::BeginPopupModal(popup_name, nullptr,
                               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove |
                                   ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoSavedSettings |
                                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNavInputs)) {
        DialogControls controls(frame, dialog.controls);
        draw_content(application, frame, controls);
        if (controls.escape() || dialog.close_wanted) ImGui::CloseCurrentPopup();
        dialog.close_wanted = false;
        ImGui::EndPopup();
    }
    ImGui::PopStyleVar(5);
    ImGui::PopStyleColor(3);
}

}  // namespace fovea::app
