#include "app/panels/export_dialog.h"

#include <GLFW/glfw3.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "app/panels/export_job.h"
#include "app/panels/panel_parts.h"
#include "app/render/widgets.h"

namespace fovea::app {

namespace {

constexpr float dialog_width = 460, padding = 20, label_room = 84, row_gap = 10;
constexpr double notice_seconds = 4;
constexpr const char* popup_name = "export";

/// What the dialog is set to and what it does. It belongs to no document: it is kept while the
/// program runs.
struct Dialog {
    bool wanted = false;
    bool is_open = false;
    ExportChoices choices;
    std::string message;  ///< what became of the last job; empty: none yet
    bool good = true;
    double message_until = 0;  ///< for the notice while the dialog is closed
    ExportTask task{[] { glfwPostEmptyEvent(); }};
};

Dialog& dialog() {
    static Dialog the_dialog;
    return the_dialog;
}

/// A model's name as a file's: no folders in it.
std::string file_stem(const std::string& model) {
    std::string stem = std::filesystem::path(model).filename().string();
    for (char& c : stem)
        if (c == '/' || c == '\\' || c == ':') c = '-';
    return stem.empty() ? "fovea" : stem;
}

void prepare(const Frame& frame, Dialog& state) {
    if (state.choices.folder.empty()) state.choices.folder = home_folder().string();
    if (state.choices.name.empty() && frame.reading)
        state.choices.name = file_stem(frame.reading->request.model->name);
}

void take_outcome(Frame& frame, Dialog& state) {
    const auto outcome = state.task.take();
    if (!outcome) return;
    if (!outcome->clipboard.empty()) ImGui::SetClipboardText(outcome->clipboard.c_str());
    state.message = outcome->sentence;
    state.good = outcome->good;
    state.message_until = frame.now + notice_seconds;
}

void say(Frame& frame, Dialog& state, std::string sentence) {
    state.message = std::move(sentence);
    state.good = false;
    state.message_until = frame.now + notice_seconds;
}

void start(Frame& frame, Dialog& state, ExportTask::Work work) {
    state.message.clear();
    if (!state.task.start(std::move(work)))
        say(frame, state, "Another export is still running: wait for it, or cancel it");
}

/// Label at the left; the control comes at the cursor.
void label(Frame& frame, std::string_view words, float height) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImFont* face = frame.fonts.text;
    widgets::text(ImGui::GetWindowDrawList(), face,
                  {corner.x, widgets::text_top(face, corner.y, height)}, frame.theme.muted, words);
    ImGui::SetCursorScreenPos({corner.x + frame.px(label_room), corner.y});
}

void line_of_text(Frame& frame, ImFont* face, ImU32 colour, std::string_view words) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    const ImVec2 size = face->CalcTextSizeA(widgets::font_size(face), FLT_MAX, width, words.data(),
                                            words.data() + words.size());
    ImGui::GetWindowDrawList()->AddText(face, widgets::font_size(face),
                                        {corner.x, corner.y + frame.px(2)}, colour, words.data(),
                                        words.data() + words.size(), width);
    widgets::gap(frame, size.y / frame.scale + 4);
}

void draw_place(Frame& frame, ExportChoices& choices) {
    const float height = widgets::control_height(frame);
    label(frame, "folder", height);
    widgets::text_field(frame, "folder", choices.folder, "The folder to write into");
    widgets::gap(frame, row_gap);
    label(frame, "name", height);
    widgets::text_field(frame, "name", choices.name, "The file's name, without its ending");
    widgets::gap(frame, row_gap);
    label(frame, "format", height);
    std::vector<std::string> names;
    for (const Exporter& exporter : exporters())
        names.push_back(fmt::format("{}  {}", exporter.label, exporter.ending));
    const std::vector<std::string_view> labels(names.begin(), names.end());
    widgets::choice(frame, "format", choices.format, labels, "The file's format");
    widgets::gap(frame, row_gap);
}

void draw_heads(Frame& frame, ExportChoices& choices) {
    const HeadId id = chosen_head(frame);
    const std::string layer = fmt::format("layer {}", id.layer);
    const std::string head = fmt::format("L{} head {}", id.layer, id.head);
    const std::array<std::string_view, 3> labels{head, layer, "all heads"};
    int chosen = static_cast<int>(choices.heads);
    label(frame, "heads", frame.px(28));
    const char* tip =
        frame.edit_part()
            ? "Which heads are written\nA head, a layer and a picture are of the part "
              "in view; all heads are those of all three"
            : "Which heads are written";
    if (widgets::segments(frame, "heads", chosen, labels, tip))
        choices.heads = static_cast<ExportChoices::Heads>(chosen);
    widgets::gap(frame, row_gap);
}

/// Two switches side by side.
void pair(Frame& frame, const char* first, bool& first_on, const char* first_tip,
          const char* second, bool& second_on, const char* second_tip) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float middle = corner.x + ImGui::GetContentRegionAvail().x / 2;
    widgets::toggle(frame, first, first, first_on, first_tip);
    const ImVec2 below = ImGui::GetCursorScreenPos();
    if (second) {
        ImGui::SetCursorScreenPos({middle, corner.y});
        widgets::toggle(frame, second, second, second_on, second_tip);
    }
    ImGui::SetCursorScreenPos({corner.x, below.y});
}

void draw_quantities(Frame& frame, ExportChoices& choices) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    label(frame, "what", frame.px(24));
    const auto indent = [&] {
        ImGui::SetCursorScreenPos({corner.x + frame.px(label_room), ImGui::GetCursorScreenPos().y});
    };
    bool none = false;
    pair(frame, "attention", choices.attentions, "Weights after the softmax, every cell", "scores",
         choices.scores, "Logits before temperature, mask and softmax, every cell");
    indent();
    const bool head = frame.reading->request.model->model->has_language_head();
    pair(frame, "row metrics", choices.metrics, "Entropy and the other measures of every row",
         "hidden states", choices.hidden_states, "The residual stream after every layer");
    if (head) {
        indent();
        pair(frame, "logits", choices.logits, "Of the language-model head, every token", nullptr,
             none, nullptr);
    }
    ImGui::SetCursorScreenPos({corner.x, ImGui::GetCursorScreenPos().y});
    widgets::gap(frame, row_gap);
}

void draw_edits(Frame& frame, ExportChoices& choices) {
    if (!frame.reading->edited) return;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    label(frame, "edits", frame.px(24));
    widgets::toggle(frame, "edits", "with the edits", choices.with_edits,
                    "On: as edited. Off: as the model is", true);
    ImGui::SetCursorScreenPos({corner.x, ImGui::GetCursorScreenPos().y});
    widgets::gap(frame, row_gap);
}

std::string amount_words(const ExportJob& job) {
    const double numbers = export_numbers(job);
    if (numbers < 1e4) return fmt::format("{:.0f} numbers", numbers);
    if (numbers < 1e6) return fmt::format("{:.0f} thousand numbers", numbers / 1e3);
    return fmt::format("{:.1f} million numbers", numbers / 1e6);
}

std::string picture_words(const ExportJob& job) {
    if (job.less) return fmt::format("difference of {}", quantity_label(job.quantity));
    return fmt::format("{}, {}{}", quantity_label(job.quantity), job.colour_map,
                       job.logarithmic ? ", logarithmic" : "");
}

void draw_progress(Frame& frame, Dialog& state) {
    const auto [what, share] = state.task.progress();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, half = frame.px(2);
    const float y = std::round(corner.y + frame.px(8));
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled({corner.x, y - half}, {corner.x + width, y + half}, frame.theme.raised,
                        half);
    const float done = width * static_cast<float>(std::clamp(share, 0.0, 1.0));
    if (done > 0)
        list->AddRectFilled({corner.x, y - half}, {corner.x + done, y + half}, frame.theme.blue,
                            half);
    widgets::gap(frame, 16);
    line_of_text(frame, frame.fonts.small, frame.theme.muted, what.empty() ? "Working…" : what);
    widgets::gap(frame, 6);
    if (widgets::button(frame, "stop", "Cancel", "Stop: nothing is left behind · Esc"))
        state.task.cancel();
}

void draw_buttons(Frame& frame, Dialog& state, const ExportJob& job) {
    const bool replaces = frame.is_there(job.file);
    const bool can = !state.choices.name.empty() && !state.choices.folder.empty();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x, space = frame.px(8);
    if (widgets::button(frame, "matrix", "Copy matrix",
                        "The chosen head as tab-separated text, to the clipboard"))
        start(frame, state, copy_matrix_work(frame));
    ImGui::SameLine(0, space);
    if (widgets::button(frame, "picture", "Copy picture",
                        "The chosen head as a picture, to the clipboard"))
        start(frame, state, copy_picture_work(frame, state.choices));
    const std::string_view go = replaces ? "Replace" : "Export";
    const float go_width = widgets::button_width(frame, go);
    const float close_width = widgets::button_width(frame, "Close");
    ImGui::SetCursorScreenPos({std::floor(right - go_width - space - close_width), corner.y});
    if (widgets::button(frame, "close", "Close", "Esc")) ImGui::CloseCurrentPopup();
    ImGui::SetCursorScreenPos({std::floor(right - go_width), corner.y});
    const bool asked = widgets::button(
        frame, "go", go,
        replaces ? "Write over the file that is there · Enter" : "Write the file · Enter", can);
    if (can && (asked || widgets::key_pressed(ImGuiKey_Enter, false)))
        start(frame, state, export_work(job));
}

void draw_content(Frame& frame, Dialog& state) {
    const Reading& reading = *frame.reading;
    widgets::heading(
        frame, "Export",
        fmt::format("{} · {} tokens", reading.request.model->name, reading.tokens.size()));
    widgets::gap(frame, 4);
    ExportChoices& choices = state.choices;
    draw_place(frame, choices);
    draw_heads(frame, choices);
    const auto formats = exporters();
    const bool picture = !formats.empty() && formats[static_cast<size_t>(choices.format)].picture;
    if (!picture) draw_quantities(frame, choices);
    // A difference is one between with and without.
    if (!export_job(frame, choices).less) draw_edits(frame, choices);
    const ExportJob job = export_job(frame, choices);
    const std::string amount = picture ? picture_words(job) : amount_words(job);
    line_of_text(frame, frame.fonts.small, frame.theme.muted,
                 fmt::format("{} to {}", amount, job.file.string()));
    widgets::gap(frame, 10);
    if (state.task.running()) {
        draw_progress(frame, state);
        return;
    }
    draw_buttons(frame, state, job);
    if (state.message.empty()) return;
    widgets::gap(frame, 10);
    line_of_text(frame, frame.fonts.text, state.good ? frame.theme.up : frame.theme.down,
                 state.message);
}

/// A sentence over the strip while the dialog is closed: what became of a copy.
void draw_notice(Frame& frame, const Dialog& state) {
    if (state.message.empty() || frame.now > state.message_until) return;
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    ImFont* face = frame.fonts.text;
    const float width =
        std::min(widgets::text_size(face, state.message).x + frame.px(32), screen.x - frame.px(32));
    const float height = frame.px(34);
    const ImVec2 min{std::floor((screen.x - width) / 2), std::floor(screen.y - frame.px(180))};
    const ImVec2 max{min.x + std::ceil(width), min.y + height};
    ImDrawList* list = ImGui::GetForegroundDrawList();
    list->AddRectFilled(min, max, frame.theme.raised, frame.px(6));
    list->AddRect(min, max, frame.theme.line, frame.px(6));
    widgets::clipped_text(
        list, face, {min.x + frame.px(16), widgets::text_top(face, min.y, height)},
        width - frame.px(30), state.good ? frame.theme.text : frame.theme.down, state.message);
}

void push_style(const Frame& frame) {
    const Theme& theme = frame.theme;
    ImGui::PushStyleColor(ImGuiCol_PopupBg, theme.panel);
    ImGui::PushStyleColor(ImGuiCol_Border, theme.line);
    ImGui::PushStyleColor(ImGuiCol_ModalWindowDimBg, faded(theme.background, 0.6f));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(frame.px(padding), frame.px(padding)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, frame.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, std::max(1.0f, std::floor(frame.px(1))));
    ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, std::max(1.0f, std::floor(frame.px(1))));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
}

void pop_style() {
    ImGui::PopStyleVar(5);
    ImGui::PopStyleColor(3);
}

}  // namespace

void open_export_dialog(Frame& frame) {
    Dialog& state = dialog();
    if (!frame.reading) {
        say(frame, state, "There is nothing to export yet");
        return;
    }
    prepare(frame, state);
    state.wanted = true;
    if (!state.task.running()) state.message.clear();
}

void draw_export_dialog(Frame& frame) {
    Dialog& state = dialog();
    take_outcome(frame, state);
    if (state.wanted) ImGui::OpenPopup(popup_name);
    state.wanted = false;
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({std::floor(screen.x / 2), std::floor(screen.y * 0.46f)},
                            ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({frame.px(dialog_width), 0});
    push_style(frame);
    state.is_open = ImGui::BeginPopupModal(
        popup_name, nullptr,
        ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize |
            ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollbar);
    if (state.is_open) {
        if (frame.reading) draw_content(frame, state);
        // A menu inside the dialog takes Escape first.
        const bool menu_open = ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopupId |
                                                               ImGuiPopupFlags_AnyPopupLevel) &&
                               !ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows);
        if (widgets::key_pressed(ImGuiKey_Escape, false) && !menu_open) {
            if (state.task.running())
                state.task.cancel();
            else
                ImGui::CloseCurrentPopup();
        }
        if (!frame.reading) ImGui::CloseCurrentPopup();
        ImGui::EndPopup();
    }
    pop_style();
    // What the dialog has said is not said again when it closes.
    if (state.is_open)
        state.message_until = 0;
    else
        draw_notice(frame, state);
}

void end_exports() {
    dialog().task.end();
}

void copy_matrix(Frame& frame) {
    if (frame.reading) start(frame, dialog(), copy_matrix_work(frame));
}

void copy_picture(Frame& frame) {
    if (!frame.reading) return;
    prepare(frame, dialog());
    start(frame, dialog(), copy_picture_work(frame, dialog().choices));
}

}  // namespace fovea::app
