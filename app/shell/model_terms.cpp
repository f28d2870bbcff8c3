#include "app/shell/model_terms.h"

#include <fmt/format.h>
#include <imgui.h>

#include <cfloat>
#include <cmath>

#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

/// Returns the height that the text takes.
float draw_wrapped(ImDrawList* list, ImFont* font, ImVec2 position, float width, ImU32 colour,
                   const std::string& text) {
    const float size = widgets::font_size(font);
    list->AddText(font, size, position, colour, text.c_str(), nullptr, width);
    return std::ceil(font->CalcTextSizeA(size, FLT_MAX, width, text.c_str()).y);
}

}  // namespace

std::optional<bool> draw_model_terms(Frame& frame, const CatalogueEntry& entry,
                                     float design_width) {
    const CatalogueTerms& terms = *entry.terms;
    const float padding = frame.px(12), width = frame.px(design_width);
    const ImVec2 min = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float x = min.x + padding, room = width - 2 * padding;
    float y = min.y + frame.px(10);
    y += draw_wrapped(list, frame.fonts.strong, {x, y}, room, frame.theme.text,
                      fmt::format("{} comes under the {}", entry.name, terms.name));
    y += frame.px(8);
    y += draw_wrapped(list, frame.fonts.text, {x, y}, room, frame.theme.text, terms.text);
    y += frame.px(8);
    const std::string where = fmt::format("The whole text: {}", terms.url);
    y += draw_wrapped(list, frame.fonts.small, {x, y}, room, frame.theme.muted, where);
    y += frame.px(12);

    std::optional<bool> answer;
    const std::string accept =
        fmt::format("I accept: fetch {:.0f} MB", static_cast<double>(entry.total_size()) / 1e6);
    ImGui::SetCursorScreenPos({x, y});
    if (widgets::button(frame, "accept", accept, "Agree to these terms and fetch the model"))
        answer = true;
    ImGui::SetCursorScreenPos({x + widgets::button_width(frame, accept) + frame.px(8), y});
    if (widgets::button(frame, "refuse", "Not now", "Back to the list")) answer = false;
    ImGui::SetCursorScreenPos({min.x, y + widgets::control_height(frame) + frame.px(10)});
    ImGui::Dummy({width, 1});
    return answer;
}

}  // namespace fovea::app
