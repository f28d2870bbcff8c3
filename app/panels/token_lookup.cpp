#include "app/panels/token_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/panels/panel_parts.h"
#include "app/state/pins.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float link_height = 22, entry_height = 28, entry_width = 150;  // design pixels
constexpr size_t most_shown = 5;

void draw_links(Frame& frame) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float spacing = frame.px(14);
    float x = corner.x;
    const auto link = [&](const char* label, const char* tooltip) {
        ImGui::SetCursorScreenPos({std::floor(x), corner.y + frame.px(4)});
        x += std::ceil(widgets::text_size(frame.fonts.small, label).x) + spacing;
        return widgets::link(frame, label, label, tooltip);
    };
    if (link("look up", "Look up a token of the vocabulary\nby its piece or its id · N")) {
        frame.view.lookup.open = true;
        frame.view.lookup.wants_keyboard = true;
    }
    const bool fills = !frame.reading->request.model->model->predicts_next();
    if (frame.writing) {
        if (link("stop writing", "Esc")) frame.stop_writing();
    } else {
        if (link(fills ? "fill in" : "write", fills ? "The likeliest token fills the first mask\n"
                                                      "one step of undo · Ctrl+Enter"
                                                    : "The likeliest token is written\nbehind the "
                                                      "text, one step of undo · Ctrl+Enter"))
            frame.write(false);
        if (link(fills ? "fill all" : "write on",
                 fills ? "One mask after another, from left to right\nCtrl+Shift+Enter · Esc stops"
                       : "Token after token\nuntil the model ends the text · Ctrl+Shift+Enter · "
                         "Esc stops"))
            frame.write(true);
    }
    ImGui::SetCursorScreenPos(corner);
    widgets::gap(frame, link_height);
}

/// Arrows go through what was found while it is typed.
void choose(Frame& frame, int count) {
    auto& lookup = frame.view.lookup;
    if (widgets::key_pressed(ImGuiKey_DownArrow)) ++lookup.chosen;
    if (widgets::key_pressed(ImGuiKey_UpArrow)) --lookup.chosen;
    lookup.chosen = std::clamp(lookup.chosen, 0, std::max(0, count - 1));
}

}  // namespace

void toggle_pin(Frame& frame, const PredictionChange& prediction) {
    toggle_pin(*frame.reading->request.model, frame.view.pinned_tokens, prediction.id);
    frame.draw_again();
}

float lookup_height(const Frame& frame) {
    if (!frame.view.lookup.open) return link_height;
    const size_t found = frame.reading ? frame.reading->found.size() : 0;
    const float detail = found == 0 ? 0 : PredictionRows::detail_height;
    const auto shown = static_cast<float>(std::min(found, most_shown));
    return entry_height + shown * PredictionRows::height + detail;
}

void draw_lookup(Frame& frame, PredictionRows& rows) {
    auto& lookup = frame.view.lookup;
    if (!lookup.open) return draw_links(frame);
    const Reading& reading = *frame.reading;
    const bool current = reading.request.lookup == lookup.words;
    const size_t shown = std::min(reading.found.size(), most_shown);
    choose(frame, static_cast<int>(shown));

    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({corner.x, corner.y + frame.px(3)});
    const float width = ImGui::GetContentRegionAvail().x / frame.scale;
    const widgets::Entry entry{"lookup", std::min(entry_width, width * 0.6f), "a token, or its id",
                               "A piece of the vocabulary, or how it begins\na space in front "
                               "counts · or its id\nUp, Down: choose · Enter: pin it · Esc: close"};
    const auto entered = widgets::small_entry(frame, entry, lookup.words, lookup.wants_keyboard);
    if (entered.changed) lookup.chosen = 0;
    const std::string count = lookup.words.empty() || !current ? ""
                              : reading.found.empty()          ? "none"
                              : reading.found_count > static_cast<Index>(shown)
                                  ? fmt::format("{} of {}", shown, shown_rank(reading.found_count))
                                  : "";
    ImFont* small = frame.fonts.small;
    const float close_width = std::ceil(widgets::text_size(small, "close").x);
    const float right = corner.x + ImGui::GetContentRegionAvail().x;
    widgets::text_right(ImGui::GetWindowDrawList(), small,
                        {right - close_width - frame.px(10),
                         widgets::text_top(small, corner.y, frame.px(entry_height))},
                        frame.theme.muted, count);
    ImGui::SetCursorScreenPos({std::floor(right - close_width), corner.y + frame.px(6)});
    const bool closed = widgets::link(frame, "close", "close", "Esc");
    ImGui::SetCursorScreenPos(corner);
    widgets::gap(frame, entry_height);

    const auto wanted = static_cast<size_t>(lookup.chosen);
    if (entered.enter && current && wanted < shown) toggle_pin(frame, reading.found[wanted]);
    ImGui::PushID("found");
    for (size_t i = 0; i < shown; ++i) {
        const PredictionChange& prediction = reading.found[i];
        const bool clicked = i == wanted ? rows.row_with_detail(prediction, PredictionRows::pins)
                                         : rows.row(prediction, PredictionRows::pins, false);
        if (clicked) toggle_pin(frame, prediction);
    }
    ImGui::PopID();
    if (entered.escape || closed) lookup = {};
}

}  // namespace fovea::app
