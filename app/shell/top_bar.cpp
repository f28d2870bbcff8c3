#include "app/shell/top_bar.h"

#include <cmath>
#include <utility>

#include "app/panels/export_dialog.h"
#include "app/render/widgets.h"
#include "app/shell/application.h"
#include "app/shell/model_chooser.h"

namespace fovea::app {
namespace {

constexpr float edge = 16, gap = 12, top = 10, lowest = 55;  // design pixels

/// What stands below the prompt: an error, or what could not be read of the sentence.
struct Notice {
    std::string sentence;
    bool is_error = false;
};

Notice notice(const Application& application, const Frame& frame) {
    if (!application.error().empty()) return {application.error(), true};
    if (!frame.reading) return {};
    if (frame.reading->cut_at)
        return {
            fmt::format("{} reads at most {} tokens: the last {} of the sentence, shown faint, "
                        "were not read.",
                        frame.reading->request.model->name,
                        frame.reading->request.model->model->context(), frame.reading->tokens_cut),
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
    if (notice.is_error) {
        const float side = frame.px(20);
        ImGui::SetCursorScreenPos(
            {std::floor(right - side - frame.px(4)), std::floor(y + (height - side) / 2)});
        const widgets::Hit hit =
            widgets::hit(frame, "dismiss", {side, side}, "Put this message away");
        const ImVec2 centre{(hit.min.x + hit.max.x) / 2, (hit.min.y + hit.max.y) / 2};
        const float arm = frame.px(4);
        const ImU32 colour = hit.hovered ? frame.theme.text : frame.theme.muted;
        list->AddLine({centre.x - arm, centre.y - arm}, {centre.x + arm, centre.y + arm}, colour,
                      frame.px(1.2f));
        list->AddLine({centre.x - arm, centre.y + arm}, {centre.x + arm, centre.y - arm}, colour,
                      frame.px(1.2f));
        if (hit.clicked) application.dismiss_error();
    }
    return height;
}

}  // namespace

float draw_top_bar(Application& application, Frame& frame, float width) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float control = widgets::control_height(frame);
    const float control_top = std::floor(frame.px(top) + (frame.px(36) - control) / 2);
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
    const float prompt_height = application.prompt().height(frame, prompt_right - x);
    application.prompt().draw(frame, {std::floor(x), frame.px(top)},
                              {prompt_right, frame.px(top) + prompt_height});

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
}

}  // namespace fovea::app
