#include "app/shell/session_dialog.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/shell/application.h"

namespace fovea::app {
namespace {

constexpr float dialog_width = 460, padding = 20, message_height = 44;
constexpr float row_height = 20, list_heading = 20;
constexpr const char* popup_name = "session";
constexpr int path_place = 0;  // among the controls

void draw_message(Frame& frame, const std::string& message) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImFont* face = frame.fonts.text;
    if (!message.empty())
        ImGui::GetWindowDrawList()->AddText(
            face, widgets::font_size(face), corner, frame.theme.down, message.data(),
            message.data() + message.size(), ImGui::GetContentRegionAvail().x);
    widgets::gap(frame, message_height);
}

/// The field; Tab completes what is typed in it, as a shell does, and leaves it where nothing can
/// be added. Up and down choose a row below it.
void draw_path(Application& application, DialogControls& controls) {
    SessionDialog& dialog = application.session_dialog;
    const bool has_focus = dialog.controls.focus == path_place;
    const bool complete = dialog.is_listed() && dialog.listing->completed == dialog.path;
    const bool keeps_tab = !dialog.path.empty() && !complete;
    if (has_focus && dialog.controls.keeps_tab == path_place && !ImGui::GetIO().KeyShift &&
        widgets::key_pressed(ImGuiKey_Tab)) {
        dialog.completes = dialog.typed = true;
        dialog.chosen = -1;
    }
    dialog.controls.keeps_tab = keeps_tab ? path_place : -1;
    if (dialog.completes && dialog.is_listed()) {
        dialog.completes = false;
        if (!complete) dialog.instead = dialog.listing->completed;
    }
    if (controls.text_field("path", dialog.path,
                            "The file's path; ~ is your home folder\nTab completes it · up and "
                            "down choose one of those below",
                            &dialog.instead)) {
        dialog.message.clear();
        dialog.typed = true;
        dialog.chosen = -1;
    }
    application.list_for_session_dialog();
    const int count = static_cast<int>(dialog.shown_rows().size());
    if (has_focus && count > 0) {
        const int step = static_cast<int>(widgets::key_pressed(ImGuiKey_DownArrow)) -
                         static_cast<int>(widgets::key_pressed(ImGuiKey_UpArrow));
        dialog.chosen = std::clamp(dialog.chosen + step, -1, count - 1);
    }
    dialog.chosen = std::min(dialog.chosen, count - 1);
}

void draw_row(Frame& frame, SessionDialog& dialog, int row) {
    const std::string& path = dialog.shown_rows()[static_cast<size_t>(row)];
    const float width = ImGui::GetContentRegionAvail().x, height = frame.px(row_height);
    ImGui::PushID(row);
    const auto hit = widgets::hit(frame, "row", {width, height}, "Take this path\nEnter");
    ImGui::PopID();
    if (hit.clicked) {
        dialog.instead = path;
        dialog.controls.open(path_place);
    }
    ImDrawList* list = ImGui::GetWindowDrawList();
    const bool chosen = row == dialog.chosen;
    if (chosen || hit.hovered)
        list->AddRectFilled({hit.min.x - frame.px(6), hit.min.y},
                            {hit.max.x + frame.px(6), hit.max.y}, frame.theme.raised, frame.px(4));
    // Of a long path its end tells.
    ImFont* face = frame.fonts.small;
    const float over = std::max(0.0f, widgets::text_size(face, path).x - width);
    list->PushClipRect(hit.min, hit.max, true);
    widgets::text(list, face,
                  {std::floor(hit.min.x - over), widgets::text_top(face, hit.min.y, height)},
                  chosen || hit.hovered ? frame.theme.text : frame.theme.muted, path);
    list->PopClipRect();
}

/// What can be chosen instead of typed, in a room of its own that is there with fewer as well.
void draw_rows(Frame& frame, SessionDialog& dialog) {
    const DialogSection section(
        frame, list_heading + static_cast<float>(SessionDialog::most_rows) * row_height);
    const auto words = [&](const std::string& text) {
        const ImVec2 corner = ImGui::GetCursorScreenPos();
        ImFont* face = frame.fonts.small;
        widgets::clipped_text(ImGui::GetWindowDrawList(), face,
                              {corner.x, widgets::text_top(face, corner.y, frame.px(18))},
                              ImGui::GetContentRegionAvail().x, frame.theme.faint, text);
        widgets::gap(frame, list_heading);
    };
    if (!dialog.listing) return;
    const size_t all = dialog.rows().size(), shown = dialog.shown_rows().size();
    if (!dialog.typed)
        words(all > 0 ? "used last" : "");
    else if (!dialog.listing->error.empty())
        words(dialog.listing->error);
    else if (all == 0)
        words("no folder and no .json file begins so");
    else
        words(all > shown ? fmt::format("{} begin so; the first {}", all, shown) : "");
    for (size_t row = 0; row < shown; ++row)
        draw_row(frame, dialog, static_cast<int>(row));
}

void draw_content(Application& application, Frame& frame, DialogControls& controls) {
    SessionDialog& dialog = application.session_dialog;
    const bool saves = dialog.task == SessionDialog::Task::save;
    widgets::heading(frame, saves ? "Save" : "Open",
                     saves ? "" : "a session, or edits; a file can be dropped as well");
    widgets::gap(frame, 4);
    draw_path(application, controls);
    widgets::gap(frame, 10);
    draw_rows(frame, dialog);
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
    const bool entered = controls.enter();
    if (entered && dialog.chosen >= 0)
        dialog.instead = dialog.shown_rows()[static_cast<size_t>(dialog.chosen)];
    else if (can && (asked || entered))
        application.take_session_dialog();
}

}  // namespace

const std::vector<std::string>& SessionDialog::rows() const {
    static const std::vector<std::string> none;
    if (!listing) return none;
    return typed ? listing->matches : listing->recent;
}

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
