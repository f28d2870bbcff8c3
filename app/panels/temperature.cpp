#include <fmt/format.h>

#include <cmath>

#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"
#include "engine/edit/temperatures.h"

namespace fovea::app {

namespace {

struct SliderRow {
    const char* id;
    std::string label;
    Scope scope;
    const char* keys;
};

void draw_row(Frame& frame, const SliderRow& row) {
    // What is typed or held belongs to one scope, not to the row: another head, another slider.
    const std::string id = row.id + scope_name(row.scope);
    float value = temperature_of(frame.document.edits.temperatures, row.scope);
    bool released = false;
    const std::string tip = fmt::format(
        "Temperature of {} · {}\nDivides the attention logits\nDouble-click: 1 · click the "
        "number: type it",
        row.scope == Scope{} ? "every head" : scope_name_here(frame, row.scope), row.keys);
    if (widgets::log_slider(frame, id.c_str(), row.label, value, coldest_set, hottest_set, tip,
                            released))
        frame.issue(SetTemperature{row.scope, value});
    if (released) frame.end_gesture();
}

void draw_temperature(Frame& frame) {
    widgets::heading(frame, "Temperature", "of the attention logits");
    // The rows are 25 high around their text: they reach a little into the air around them.
    const auto draw_up = [&] {
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() - std::floor(frame.px(3)));
    };
    draw_up();
    const HeadId id = chosen_head(frame);
    draw_row(frame, {"all", "all", {}, "( and )"});
    if (const auto part = frame.edit_part())
        draw_row(
            frame,
            {"part", std::string(part_name(*part)), {std::nullopt, std::nullopt, part}, ", and ."});
    draw_row(frame,
             {"layer", layer_name(id.layer), scope_of_layer(id.layer, frame.part), "{ and }"});
    draw_row(frame, {"head", fmt::format("head {}", id.head), scope_of(id, frame.part), "[ and ]"});
    draw_up();
}

}  // namespace

Panel temperature_panel() {
    return {"temperature", "", Place::right, draw_temperature};
}

}  // namespace fovea::app
