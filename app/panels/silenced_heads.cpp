#include <fmt/format.h>

#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

std::string chip_label(const AblationEdit& ablation) {
    const Scope& scope = ablation.scope;
    std::string label = scope == Scope{} ? "every head" : scope_name(scope);
    if (ablation.to == AblationTarget::mean) label += " · mean";
    return label;
}

void set_ablation(Frame& frame, const Scope& scope, std::optional<AblationTarget> to) {
    frame.issue(SetAblation{scope, to});
    frame.end_gesture();
}

std::optional<AblationTarget> ablation_of(const Edits& edits, const Scope& scope) {
    for (const AblationEdit& ablation : edits.ablations)
        if (ablation.scope == scope) return ablation.to;
    return std::nullopt;
}

/// A row that silences, or gives its voice back to what is silent in that way already.
void silence_item(Frame& frame, const Scope& scope, AblationTarget to, const char* key) {
    const bool on = ablation_of(frame.document.edits, scope) == to;
    const std::string label =
        scope_name_here(frame, scope) + (to == AblationTarget::zero ? " to zero" : " to its mean");
    if (widgets::menu_item(frame, label, key, true, on))
        set_ablation(frame, scope, on ? std::nullopt : std::optional(to));
}

void draw_chips(Frame& frame) {
    const auto ablations = frame.document.edits.ablations;  // a click changes the document's
    if (ablations.empty()) {
        const ImVec2 corner = ImGui::GetCursorScreenPos();
        ImFont* face = frame.fonts.small;
        widgets::clipped_text(ImGui::GetWindowDrawList(), face,
                              {corner.x, widgets::text_top(face, corner.y, frame.px(20))},
                              ImGui::GetContentRegionAvail().x, frame.theme.faint,
                              "every head speaks");
        widgets::gap(frame, 20);
        return;
    }
    for (const AblationEdit& ablation : ablations) {
        const std::string label = chip_label(ablation);
        const std::string tip = fmt::format(
            "Silenced: {}\nits output is {}\nClick: let it speak again", label,
            ablation.to == AblationTarget::zero ? "zero" : "its mean over the sentence");
        if (widgets::chip(frame, label.c_str(), label, tip))
            set_ablation(frame, ablation.scope, std::nullopt);
    }
}

void draw_silenced_heads(Frame& frame) {
    widgets::heading(frame, "Silenced heads");
    const HeadId id = chosen_head(frame);
    if (widgets::heading_menu(
            frame, "silence", "silence",
            "Silence heads · S, Shift+S\nthe chosen head or its whole layer, to zero or to "
            "its mean")) {
        const Scope head = scope_of(id, frame.part);
        const Scope layer = scope_of_layer(id.layer, frame.part);
        silence_item(frame, head, AblationTarget::zero, "S");
        silence_item(frame, head, AblationTarget::mean, "");
        silence_item(frame, layer, AblationTarget::zero, "Shift+S");
        silence_item(frame, layer, AblationTarget::mean, "");
        widgets::end_menu();
    }
    widgets::gap(frame, 2);
    draw_chips(frame);
}

}  // namespace

Panel silenced_heads_panel() {
    return {"silenced_heads", "", Place::right, draw_silenced_heads};
}

}  // namespace fovea::app
