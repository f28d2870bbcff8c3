#include <fmt/format.h>

#include <cmath>

#include "app/panels/explanation.h"
#include "app/panels/left_column.h"
#include "app/panels/list.h"
#include "app/panels/questions.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr const char* panel_name = "why";
constexpr float question_height = 25, list_heading = 26;  // design pixels
constexpr float question_inset = 8;                       // of the ground of the chosen one

/// One line: the question, and at the right the name that it has in files and on the command line.
void draw_question(Frame& frame, const Analysis& analysis, const Subjects& subjects, bool chosen) {
    const auto why_not = subjects.a ? cannot_ask(analysis, subjects) : std::nullopt;
    const std::string tip = why_not
                                ? fmt::format("{}\n{}", analysis.title, *why_not)
                                : fmt::format("{}\n{}\n{}\nE: the next question", analysis.title,
                                              analysis.question, analysis.citation);
    const float width = ImGui::GetContentRegionAvail().x, inset = frame.px(question_inset);
    const float height = std::floor(frame.px(question_height));
    const auto hit = widgets::hit(frame, std::string(analysis.name).c_str(), {width, height}, tip);
    if (hit.clicked && !why_not) frame.view.analysis = analysis.name;

    ImDrawList* list = ImGui::GetWindowDrawList();
    if (chosen || (hit.hovered && !why_not))
        list->AddRectFilled({hit.min.x - inset, hit.min.y}, {hit.max.x + inset, hit.max.y},
                            frame.theme.raised, frame.px(6));
    const Theme& theme = frame.theme;
    ImFont *text = frame.fonts.text, *small = frame.fonts.small;
    const float name = std::ceil(widgets::text_size(small, analysis.name).x);
    widgets::text_right(list, small, {hit.max.x, widgets::text_top(small, hit.min.y, height)},
                        chosen ? theme.muted : theme.faint, analysis.name);
    const ImU32 ink = why_not ? theme.faint : chosen || hit.hovered ? theme.text : theme.muted;
    widgets::clipped_text(list, text, {hit.min.x, widgets::text_top(text, hit.min.y, height)},
                          width - name - frame.px(10), ink, analysis.question);
}

void draw_questions(Frame& frame) {
    widgets::heading(frame, "Why");
    const Analysis& chosen = chosen_analysis(frame.view);
    const Subjects subjects = subjects_in_view(frame);
    for (const Analysis& analysis : analyses())
        draw_question(frame, analysis, subjects, &analysis == &chosen);
}

}  // namespace

float questions_height(const Frame& frame) {
    if (!shows_explanation(frame.view)) return 0;
    const float rows =
        is_folded(frame.view, panel_name) ? 0 : static_cast<float>(analyses().size());
    return frame.px(list_heading) + rows * std::floor(frame.px(question_height));
}

Panel why_panel() {
    const auto are_listed = [](const Frame& frame) { return shows_explanation(frame.view); };
    return {panel_name, "", Place::left, draw_questions, are_listed, false};
}

}  // namespace fovea::app
