#include "app/shell/top_bar.h"

#include <cmath>
#include <utility>

#include "app/panels/export_dialog.h"
#include "app/shell/application.h"
#include "app/shell/model_chooser.h"
#include "app/shell/subject_fields.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float edge = 16, gap = 12, top = 10, lowest = 55;  // design pixels

/// What stands below the prompt: an error, or what could not be read of the sentence.
struct Notice {
    std::string sentence;
    bool is_error = false;
    bool goes_away = false;  ///< a person can put it away
};

Notice notice(const Application& application, const Frame& frame) {
    if (!application.error().empty()) return {application.error(), true, true};
    if (!application.notice().empty()) return {application.notice(), false, true};
    if (!frame.reading) return {};
    if (frame.reading->tokens_cut > 0)
        return {
            fmt::format("{} reads at most {} tokens: the last {} of what is typed, shown faint, "
                        "{} not read.",
                        frame.reading->request.model->name,
                        frame.reading->request.model->model->context(), frame.reading->tokens_cut,
                        frame.reading->tokens_cut == 1 ? "was" : "were"),
            false};
    if (frame.reading->target_tokens_cut > 0)
        return {fmt::format("{} reads a target of at most {} tokens: its last {} {} not read.",
                            frame.reading->request.model->name,
                            frame.reading->request.model->model->target_context(),
                            frame.reading->target_tokens_cut,
                            frame.reading->target_tokens_cut == 1 ? "was" : "were"),
                false};
    return {frame.reading->warning, false};
}

float draw_notice(Application& application, Frame& frame, const Notice& notice, float y,
                  float width) {
    const float left = frame.px(edge), right = width - frame.px(edge);
    const float padding = frame.px(10), wrap = right - left - 2 * padding - frame.px(32);
    ImFont* font = frame.fonts.text;
    const ImVec2 size =
        font->CalcTextSizeA(widgets::font_size(font), 1e9f, wrap, notice.sentence.data(),
                            notice.sentence.data() + notice.sentence.size());
    const float height = std::ceil(size.y + frame.px(12));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImU32 sign = notice.is_error ? frame.theme.down : frame.theme.amber;
    list->AddRectFilled({left, y}, {right, y + height}, frame.theme.raised, frame.px(6));
    list->AddRectFilled({left, y}, {left + frame.px(3), y + height}, sign, frame.px(2));
    list->AddText(font, widgets::font_size(font), {left + padding + frame.px(2), y + frame.px(6)},
                  frame.theme.text, notice.sentence.data(),
                  notice.sentence.data() + notice.sentence.size(), wrap);
    if (notice.goes_away) {
        const float side = frame.px(20);
        ImGui::SetCursorScreenPos(
            {std::floor(right - side - frame.px(4)), std::floor(y + (height - side) / 2)});
        const widgets::Hit hit =
            widgets::hit(frame, "dismiss", {side, side}, "Put this message away");
        const ImVec2 centre{(hit.min.x + hit.max.x) / 2, (hit.min.y + hit.max.y) / 2};
        widgets::cross(list, centre, frame.px(4), frame.px(1.2f),
                       hit.hovered ? frame.theme.text : frame.theme.muted);
        if (hit.clicked) application.dismiss_error();
    }
    return height;
}

}  // namespace

namespace {

constexpr float arrow_room = 28, narrowest_pair = 560, between_fields = 6;  // design pixels

/// The words at the right end of the target: who wrote it.
std::string_view author(const Frame& frame) {
    return frame.document.target ? "typed" : "by the model";
}

PromptField source_field(const Frame& frame) {
    PromptField field{
        .id = "prompt", .text = frame.document.text, .placeholder = "Type a sentence"};
    const Reading* reading = frame.reading.get();
    if (reading && reading->cut_at && reading->request.text == field.text)
        field.cut = *reading->cut_at;
    return field;
}

/// What the decoder reads: typed, or as the model writes it.
PromptField target_field(const Frame& frame) {
    static const std::string none;
    const Reading* reading = frame.reading.get();
    const auto& typed = frame.document.target;
    PromptField field{
        .id = "target",
        .text = typed     ? *typed
                : reading ? reading->target_text
                          : none,
        .placeholder = typed ? "Type the target" : "",
        .quiet = !typed,
        .right_room = std::ceil(widgets::text_size(frame.fonts.small, author(frame)).x) +
                      frame.px(typed ? 32 : 14)};
    if (reading && reading->target_tokens_cut > 0 && !reading->target_tokens.empty() &&
        reading->target_text == field.text)
        field.cut = reading->target_tokens.back().end;
    return field;
}

/// Inside the target's right end: that it was typed, and the way back; or that the model wrote it.
void draw_author(Frame& frame, float right_room, ImVec2 min, ImVec2 max) {
    const bool typed = frame.document.target.has_value();
    const float height = std::floor(frame.px(22)), left = std::floor(max.x - right_room);
    const float top = std::floor(min.y + (frame.px(PromptField::line_height) - height) / 2);
    ImGui::SetCursorScreenPos({left, top});
    const widgets::Hit hit =
        widgets::hit(frame, "author", {right_room - frame.px(6), height},
                     typed ? "Typed\nClick: let the model write it · Ctrl+Shift+T"
                           : "Written by the model\nthe likeliest token each time, without the "
                             "edits\nType in it to change it · Ctrl+T");
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = frame.fonts.small;
    if (typed)
        list->AddRectFilled(hit.min, hit.max, faded(frame.theme.amber, hit.hovered ? 0.24f : 0.14f),
                            frame.px(11));
    const float text_left = hit.min.x + frame.px(typed ? 8 : 2);
    widgets::text(list, font, {text_left, widgets::text_top(font, top, height)},
                  typed ? frame.theme.amber : frame.theme.faint, author(frame));
    if (!typed) return;
    widgets::cross(list, {std::floor(hit.max.x - frame.px(10)), std::floor(top + height / 2)},
                   frame.px(3), frame.px(1.2f), frame.theme.amber);
    if (hit.clicked) frame.issue(SetTarget{std::nullopt});
}

PromptField pair_field(const Frame& frame) {
    PromptField field{.id = "pair",
                      .text = *frame.document.pair,
                      .placeholder = "Type the second sentence",
                      .right_room = frame.px(PromptField::cross_room)};
    const Reading* reading = frame.reading.get();
    if (reading && reading->pair_cut_at && reading->request.pair == field.text)
        field.cut = *reading->pair_cut_at;
    return field;
}

/// A field of the top bar and the sentence in it.
struct PlacedField {
    Prompt& prompt;
    PromptField field;
    ImVec2 min{}, max{};  ///< on the screen, once it is drawn
};

/// Two fields beside each other with a sign between, or below one another in a narrow window.
/// Returns their height.
float draw_two(Frame& frame, PlacedField& first, PlacedField& second, std::string_view sign,
               ImVec2 corner, float right) {
    const bool beside = right - corner.x >= frame.px(narrowest_pair);
    const float half = std::floor((right - corner.x - frame.px(arrow_room)) / 2);
    const float wide = beside ? half : right - corner.x;
    float first_height = first.prompt.height(frame, first.field, wide);
    float second_height = second.prompt.height(frame, second.field, wide);
    if (beside) first_height = second_height = std::max(first_height, second_height);
    first.min = corner;
    first.max = {corner.x + wide, corner.y + first_height};
    first.prompt.draw(frame, first.field, first.min, first.max);
    second.min = beside ? ImVec2(right - half, corner.y)
                        : ImVec2(corner.x, corner.y + first_height + frame.px(between_fields));
    second.max = {right, second.min.y + second_height};
    second.prompt.draw(frame, second.field, second.min, second.max);
    if (!beside) return second.max.y - corner.y;
    ImFont* font = frame.fonts.prompt;
    const float middle = (first.max.x + second.min.x) / 2;
    widgets::text(ImGui::GetWindowDrawList(), font,
                  {std::floor(middle - widgets::text_size(font, sign).x / 2),
                   widgets::text_top(font, corner.y, frame.px(PromptField::line_height))},
                  frame.theme.faint, sign);
    return first_height;
}

/// The sentence; the second one of a pair and the target of an encoder-decoder beside it, or below
/// it in a narrow window. Returns their height.
float draw_first_subject(Application& application, Frame& frame, ImVec2 corner, float right) {
    PlacedField source{application.prompt(), source_field(frame)};
    const bool is_alone = !application.has_pair() && !application.has_target();
    const bool has_letter = frame.document.against.has_value();
    SubjectMarks marks;
    if (has_letter) {
        marks = first_marks(application, frame);
        if (!is_alone) marks.says.clear();
        make_room(frame, marks, right - corner.x, source.field);
    }
    if (is_alone) {
        const float height = source.prompt.height(frame, source.field, right - corner.x);
        source.prompt.draw(frame, source.field, corner, {right, corner.y + height});
        if (has_letter) draw_marks(frame, marks, source.field, corner, {right, corner.y + height});
        return height;
    }
    float height = 0;
    if (application.has_pair()) {
        PlacedField pair{application.pair_prompt(), pair_field(frame)};
        height = draw_two(frame, source, pair, "+", corner, right);
        if (has_letter) draw_marks(frame, marks, source.field, source.min, source.max);
        if (draw_field_cross(frame, "no pair", "The first sentence alone\nCtrl+Shift+J", pair.min,
                             pair.max))
            frame.issue(SetPair{std::nullopt});
        if (!application.has_target()) return height;
        corner.y += height + frame.px(between_fields);
    }
    PlacedField target{application.target_prompt(), target_field(frame)};
    if (!application.has_pair()) {
        height = draw_two(frame, source, target, "→", corner, right);
        if (has_letter) draw_marks(frame, marks, source.field, source.min, source.max);
    } else {
        target.min = corner;
        target.max = {right,
                      corner.y + target.prompt.height(frame, target.field, right - corner.x)};
        target.prompt.draw(frame, target.field, target.min, target.max);
        height += frame.px(between_fields) + target.max.y - target.min.y;
    }
    draw_author(frame, target.field.right_room, target.min, target.max);
    return height;
}

/// All that is typed; the sentence that is held against the first below it. Returns their height.
float draw_prompts(Application& application, Frame& frame, ImVec2 corner, float right) {
    if (!application.has_pair()) application.pair_prompt().focus(false);
    if (!application.has_target()) application.target_prompt().focus(false);
    if (!frame.document.against) application.against_prompt().focus(false);
    const float first = draw_first_subject(application, frame, corner, right);
    if (!frame.document.against) return first;
    PlacedField other{application.against_prompt(), other_field(application)};
    const SubjectMarks marks = other_marks(application);
    const float width = right - corner.x;
    make_room(frame, marks, width, other.field);
    other.min = {corner.x, corner.y + first + frame.px(between_fields)};
    other.max = {right, other.min.y + other.prompt.height(frame, other.field, width)};
    other.prompt.draw(frame, other.field, other.min, other.max);
    draw_marks(frame, marks, other.field, other.min, other.max);
    return other.max.y - corner.y;
}

}  // namespace

float draw_top_bar(Application& application, Frame& frame, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float control = widgets::control_height(frame);
    const float control_top =
        std::floor(frame.px(top) + (frame.px(PromptField::line_height) - control) / 2);
    float x = frame.px(edge);
    widgets::text(list, frame.fonts.strong,
                  {x, widgets::text_top(frame.fonts.strong, control_top, control)},
                  frame.theme.text, "Fovea");
    x += std::ceil(widgets::text_size(frame.fonts.strong, "Fovea").x) + frame.px(gap);

    ImGui::SetCursorScreenPos({std::floor(x), control_top});
    x += draw_model_button(application, frame) + frame.px(gap);

    const std::string_view export_label = "Export…";
    const float export_width = widgets::button_width(frame, export_label);
    const float export_left = std::floor(width - frame.px(edge) - export_width);
    const float prompt_right = export_left - frame.px(gap);
    const float prompt_height =
        draw_prompts(application, frame, {std::floor(x), frame.px(top)}, prompt_right);

    ImGui::SetCursorScreenPos({export_left, control_top});
    if (widgets::button(frame, "export", export_label,
                        "Take it away\nmatrices and pictures as files · Ctrl+E"))
        application.export_wanted = true;

    float bottom = frame.px(top) + prompt_height + frame.px(top) - 1;
    if (const Notice found = notice(application, frame); !found.sentence.empty())
        bottom += draw_notice(application, frame, found, bottom, width) + frame.px(8);
    bottom = std::floor(std::max(bottom, frame.px(lowest)));
    const float line = std::max(1.f, std::floor(frame.scale));
    list->AddRectFilled({0, bottom}, {width, bottom + line}, frame.theme.line);
    return bottom + line;
}

void draw_over_all(Application& application, Frame& frame) {
    draw_model_chooser(application, frame);
    if (application.export_wanted) {
        application.export_wanted = false;
        open_export_dialog(frame);
    }
    const auto copy = std::exchange(application.copy_wanted, Application::Copy::nothing);
    if (copy == Application::Copy::matrix) copy_matrix(frame);
    if (copy == Application::Copy::picture) copy_picture(frame);
    draw_export_dialog(frame);
    draw_session_dialog(application, frame);
}

}  // namespace fovea::app
