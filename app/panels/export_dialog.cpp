#include "app/panels/export_dialog.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "app/panels/explanation.h"
#include "app/panels/export_choices.h"
#include "app/panels/export_explanation.h"
#include "app/panels/export_job.h"
#include "app/panels/panel_parts.h"
#include "app/ui/dialog_controls.h"
#include "app/ui/widgets.h"
#include "engine/io/files.h"
#include "engine/jobs/scheduler.h"

namespace fovea::app {

namespace {

constexpr float dialog_width = 460, padding = 20;
/// Two lines of small text; the buttons with three lines of what became of the work.
constexpr float summary_height = 46, foot_height = 98;
constexpr double notice_seconds = 4;
constexpr const char* popup_name = "export";

/// Which of the files that would be written are there already: looked for every second, away from
/// the frame.
struct FilesThere {
    std::vector<std::filesystem::path> asked;
    std::vector<std::filesystem::path> there;  ///< of `asked`, as far as is known
    double asked_at = 0;
    JobTicket<std::vector<std::filesystem::path>> look;
};

/// What the dialog is set to and what it does. It belongs to no document: it is kept from frame to
/// frame.
struct Dialog {
    bool wanted = false;
    bool is_open = false;
    DialogControls::State controls;
    ExportChoices choices;
    std::string message;  ///< what became of the last job; empty: none yet
    bool good = true;
    double message_until = 0;  ///< for the notice while the dialog is closed
    JobTicket<TaskOutcome> task;
    FilesThere files;
};

Dialog& dialog(const Frame& frame) {
    return frame.cache->of<Dialog>();
}

void prepare(const Frame& frame, Dialog& state) {
    if (state.choices.folder.empty()) state.choices.folder = home_folder().string();
    propose_name(frame, state.choices);
}

void take_outcome(Frame& frame, Dialog& state) {
    auto taken = state.task.take();
    if (!taken) return;
    const TaskOutcome outcome =
        *taken ? **std::move(taken) : TaskOutcome{false, taken->message(), {}};
    state.files.asked.clear();  // what was written is there now
    if (!outcome.clipboard.empty()) ImGui::SetClipboardText(outcome.clipboard.c_str());
    state.message = outcome.sentence;
    state.good = outcome.good;
    state.message_until = frame.now + notice_seconds;
}

void say(Frame& frame, Dialog& state, std::string sentence) {
    state.message = std::move(sentence);
    state.good = false;
    state.message_until = frame.now + notice_seconds;
}

void start(Frame& frame, Dialog& state, ExportWork work) {
    state.message.clear();
    if (state.task.busy())
        return say(frame, state, "Another export is still running: wait for it, or cancel it");
    const JobSpec spec{
        .lane = Lane::exporting, .tag = "export", .earlier = JobSpec::Earlier::finished};
    state.task = frame.jobs.submit(spec, std::move(work));
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

std::string picture_words(const ExportJob& job) {
    if (job.less) return fmt::format("difference of {}", name_of(job.quantity).brief);
    return fmt::format("{}, {}{}", name_of(job.quantity).brief, job.colour_map,
                       job.logarithmic ? ", logarithmic" : "");
}

void draw_progress(Frame& frame, DialogControls& controls, Dialog& state) {
    const JobProgress progress = state.task.progress().value_or(JobProgress());
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, half = frame.px(2);
    const float y = std::round(corner.y + frame.px(8));
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled({corner.x, y - half}, {corner.x + width, y + half}, frame.theme.raised,
                        half);
    const float done = width * static_cast<float>(std::clamp(progress.share, 0.0, 1.0));
    if (done > 0)
        list->AddRectFilled({corner.x, y - half}, {corner.x + done, y + half}, frame.theme.blue,
                            half);
    widgets::gap(frame, 16);
    line_of_text(frame, frame.fonts.small, frame.theme.muted,
                 progress.what.empty() ? "Working…" : progress.what);
    widgets::gap(frame, 6);
    if (controls.button("stop", "Cancel", "Stop: nothing is left behind · Esc"))
        state.task.cancel();
}

const std::vector<std::filesystem::path>& those_there(
    Frame& frame, FilesThere& files, const std::vector<std::filesystem::path>& wanted) {
    constexpr double fresh_seconds = 1;
    if (files.asked != wanted) {
        files.look.cancel();
        files.look = {};
        files.there.clear();
    }
    if (auto found = files.look.take(); found && *found) files.there = **std::move(found);
    // What is found shows without anybody's moving the mouse.
    if (files.look.busy()) frame.draw_again();
    const bool fresh = files.asked == wanted && frame.now - files.asked_at < fresh_seconds;
    if (fresh || files.look.busy()) return files.there;
    files.asked = wanted;
    files.asked_at = frame.now;
    files.look = frame.jobs.submit(
        {.lane = Lane::disk, .tag = "are they there", .doing = "the files that are there"},
        [wanted] {
            std::vector<std::filesystem::path> there;
            for (const auto& file : wanted)
                if (is_there(file)) there.push_back(file);
            return there;
        });
    frame.draw_again();
    return files.there;
}

/// What the dialog is set to: what its buttons do, and in words what would be written.
struct Offer {
    std::string amount;
    std::filesystem::path file;
    std::vector<std::filesystem::path> there;  ///< what would be written over
    std::string why_not;                       ///< nothing can be written; empty: it can
    ExportWork go, matrix, picture;
    const char *of_matrix, *of_picture;  ///< tooltips
};

Offer offer_of_attention(Frame& frame, Dialog& state) {
    const ExportChoices& choices = state.choices;
    ExportJob job = export_job(frame, choices);
    Offer offer;
    offer.amount = draws(choices) ? picture_words(job)
                                  : numbers_in_words(export_numbers(job), export_format(choices));
    offer.file = job.file;
    offer.there = those_there(frame, state.files, files_written(job.file));
    job.may_replace = !offer.there.empty();
    offer.go = export_work(std::move(job));
    offer.matrix = copy_matrix_work(frame);
    offer.picture = copy_picture_work(frame, choices);
    offer.of_matrix = "The chosen head as tab-separated text, to the clipboard";
    offer.of_picture = "The chosen head as a picture, to the clipboard";
    return offer;
}

/// A figure that is copied has the room of the one in view.
FindingsExport as_in_view(const Frame& frame, FindingsExport job) {
    const Explanation& shown = frame.cache->of<Explanation>();
    job.width = shown.figure_width;
    job.height = shown.figure_height;
    return job;
}

Offer offer_of_explanation(Frame& frame, Dialog& state) {
    const ExportChoices& choices = state.choices;
    Offer offer;
    offer.file = export_file(choices);
    offer.of_matrix = "All tables of the answer as tab-separated text, to the clipboard";
    offer.of_picture = "The whole figure, to the clipboard";
    auto job = explanation_job(frame, choices);
    if (!job) {
        offer.why_not = job.message();
        return offer;
    }
    offer.amount = amount_in_words(*job);
    offer.there = those_there(frame, state.files, files_written(*job));
    job->may_replace = !offer.there.empty();
    offer.matrix = copy_text_work(*job);
    offer.picture = copy_picture_work(as_in_view(frame, *job), choices.folder);
    offer.go = export_work(*std::move(job));
    return offer;
}

void draw_buttons(Frame& frame, DialogControls& controls, Dialog& state, const Offer& offer) {
    const bool replaces = !offer.there.empty();
    const bool can =
        offer.why_not.empty() && !state.choices.name.empty() && !state.choices.folder.empty();
    const auto begin = [&](const ExportWork& work) {
        if (offer.why_not.empty())
            start(frame, state, work);
        else
            say(frame, state, offer.why_not);
    };
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float right = corner.x + ImGui::GetContentRegionAvail().x, space = frame.px(8);
    if (controls.button("matrix", "Copy matrix", offer.of_matrix)) begin(offer.matrix);
    ImGui::SameLine(0, space);
    if (controls.button("picture", "Copy picture", offer.of_picture)) begin(offer.picture);
    const std::string_view go = replaces ? "Replace" : "Export";
    const float go_width = widgets::button_width(frame, go);
    const float close_width = widgets::button_width(frame, "Close");
    ImGui::SetCursorScreenPos({std::floor(right - go_width - space - close_width), corner.y});
    if (controls.button("close", "Close", "Esc")) ImGui::CloseCurrentPopup();
    ImGui::SetCursorScreenPos({std::floor(right - go_width), corner.y});
    const std::string over =
        !replaces
            ? "Write the file · Enter"
            : fmt::format("Write over {} that {} there · Enter",
                          offer.there.size() == 1 ? offer.there.front().filename().string()
                                                  : fmt::format("{} files", offer.there.size()),
                          offer.there.size() == 1 ? "is" : "are");
    const bool asked = controls.button("go", go, over, can);
    if (can && (asked || controls.enter())) begin(offer.go);
}

void draw_content(Frame& frame, DialogControls& controls, Dialog& state) {
    const Reading& reading = *frame.reading;
    widgets::heading(
        frame, "Export",
        fmt::format("{} · {} tokens", reading.request.model->name, reading.tokens.size()));
    widgets::gap(frame, 4);
    ExportChoices& choices = state.choices;
    draw_export_choices(frame, controls, choices);
    const Offer offer = writes_explanation(frame, choices) ? offer_of_explanation(frame, state)
                                                           : offer_of_attention(frame, state);
    {
        const DialogSection section(frame, summary_height);
        const ImVec2 corner = ImGui::GetCursorScreenPos();
        ImGui::PushClipRect(
            corner,
            {corner.x + ImGui::GetContentRegionAvail().x, corner.y + frame.px(summary_height - 6)},
            true);
        line_of_text(frame, frame.fonts.small, frame.theme.muted,
                     offer.why_not.empty()
                         ? fmt::format("{} to {}", offer.amount, offer.file.string())
                         : offer.why_not);
        ImGui::PopClipRect();
    }
    const DialogSection section(frame, foot_height);
    if (state.task.busy()) return draw_progress(frame, controls, state);
    draw_buttons(frame, controls, state, offer);
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
    Dialog& state = dialog(frame);
    if (!frame.reading) {
        say(frame, state, "There is nothing to export yet");
        return;
    }
    prepare(frame, state);
    state.wanted = true;
    state.controls.open(1);  // the name
    if (!state.task.busy()) state.message.clear();
}

void draw_export_dialog(Frame& frame) {
    Dialog& state = dialog(frame);
    take_outcome(frame, state);
    if (state.wanted) ImGui::OpenPopup(popup_name);
    state.wanted = false;
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({std::floor(screen.x / 2), std::floor(screen.y * 0.46f)},
                            ImGuiCond_Always, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({frame.px(dialog_width), 0});
    push_style(frame);
    state.is_open =
        ImGui::BeginPopupModal(popup_name, nullptr,
                               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove |
                                   ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoSavedSettings |
                                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNavInputs);
    if (state.is_open) {
        DialogControls controls(frame, state.controls);
        if (frame.reading) draw_content(frame, controls, state);
        if (controls.escape()) {
            if (state.task.busy())
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

void copy_matrix(Frame& frame) {
    if (!frame.reading) return;
    Dialog& state = dialog(frame);
    if (!shows_explanation(frame.view)) return start(frame, state, copy_matrix_work(frame));
    auto job = explanation_job(frame, state.choices);
    if (!job) return say(frame, state, job.message());
    start(frame, state, copy_text_work(*std::move(job)));
}

void copy_picture(Frame& frame) {
    if (!frame.reading) return;
    Dialog& state = dialog(frame);
    prepare(frame, state);
    if (!shows_explanation(frame.view))
        return start(frame, state, copy_picture_work(frame, state.choices));
    auto job = explanation_job(frame, state.choices);
    if (!job) return say(frame, state, job.message());
    start(frame, state,
          copy_picture_work(as_in_view(frame, *std::move(job)), state.choices.folder));
}

}  // namespace fovea::app
