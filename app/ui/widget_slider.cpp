#include <imgui.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "app/ui/widget_parts.h"

namespace fovea::app::widgets {

using namespace parts;

namespace {

constexpr float row_height = 25, label_width = 60, value_width = 52, knob_radius = 5;

/// A temperature as it is shown, so that what is set is what is read.
float rounded(float value) {
    const double step = value < 0.1f ? 1000 : value < 10 ? 100 : 10;
    return static_cast<float>(std::round(static_cast<double>(value) * step) / step);
}

std::string shown(float value) {
    char text[32];
    const int decimals = value < 0.0995f ? 3 : value < 9.995f ? 2 : 1;
    std::snprintf(text, sizeof text, "%.*f", decimals, static_cast<double>(value));
    return text;
}

/// Where a control keeps, between frames, what the mouse is doing to it.
struct Drag {
    explicit Drag(const char* part) : key(ImGui::GetID(part)) {}
    float get() const { return ImGui::GetStateStorage()->GetFloat(key); }
    void set(float value) const { ImGui::GetStateStorage()->SetFloat(key, value); }
    ImGuiID key;
};

/// What `ignored` holds while the mouse is down on the number.
constexpr float number_pressed = 2;

bool control_held() {
    return ImGui::GetIO().KeyCtrl;
}

}  // namespace

bool log_slider(Surface& surface, const char* id, std::string_view label, float& value, float low,
                float high, std::string_view tip, bool& released) {
    released = false;
    const Theme& theme = surface.theme;
    ImFont* face = surface.fonts.text;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = surface.px(row_height);
    const float left = corner.x + surface.px(label_width);
    const float right = std::max(left + 1, corner.x + width - surface.px(value_width));
    const float y = std::round(corner.y + height / 2);
    const float radius = surface.px(knob_radius);
    const auto place = [&](float v) {
        const float share = std::log(std::clamp(v, low, high) / low) / std::log(high / low);
        return left + share * (right - left);
    };
    const auto value_at = [&](float x) {
        const float share = std::clamp((x - left) / (right - left), 0.0f, 1.0f);
        return std::clamp(rounded(low * std::exp(share * std::log(high / low))), low, high);
    };

    ImGui::PushID(id);
    const Drag grab("grab"), typing("typing"), ignored("ignored");
    const float before = value;

    // The whole row from the track to the number is the target: a small knob is hard to hit.
    ImGui::SetCursorScreenPos({left - radius, corner.y});
    Hit item;
    if (typing.get() == 0) {
        item = hit(surface, "slider", {corner.x + width - left + radius, height}, tip);
        const float mouse = ImGui::GetIO().MousePos.x;
        if (ImGui::IsItemActivated()) {
            // Held by the knob it follows without a jump, elsewhere it comes to the pointer.
            const float offset = mouse - place(value);
            grab.set(std::abs(offset) <= 2 * radius ? offset : 0);
            // A click on the number is no drag to the end of the track.
            const bool on_number = mouse > right + 2 * radius;
            ignored.set(control_held() ? 1.0f : on_number ? number_pressed : 0.0f);
            if (control_held()) typing.set(1);
        }
        if (item.hovered && ImGui::IsMouseDoubleClicked(0) && !control_held()) {
            value = 1;
            ignored.set(1);
        } else if (item.held && ignored.get() == 0) {
            const float target = mouse - grab.get();
            if (std::abs(target - place(value)) >= 0.5f) {
                const bool at_one = std::abs(target - place(1)) <= surface.px(3);
                value = at_one ? 1 : value_at(target);
            }
        }
        released = ImGui::IsItemDeactivated();
        // Let go where it was pressed, on the number: it is typed.
        const bool clicked_number = released && ignored.get() == number_pressed &&
                                    mouse > right + 2 * radius && item.hovered;
        if (clicked_number) {
            typing.set(1);
            released = false;
        }
    }
    const float label_right = left - radius - surface.px(2);
    const bool changed_now = value != 1;
    const ImU32 signal = changed_now ? theme.amber : theme.text;
    clipped_text(list, face, {corner.x, text_top(face, corner.y, height)}, label_right - corner.x,
                 item.hovered || item.held ? theme.text : theme.muted, label);
    const float track = surface.px(2);
    list->AddRectFilled({left, y - track}, {right, y + track}, theme.raised, track);
    const float tick = std::round(place(1)), tick_half = surface.px(5);
    list->AddRectFilled({tick, y - tick_half}, {tick + stroke(surface), y + tick_half},
                        theme.faint);
    const float knob = place(value);
    list->AddCircleFilled({knob, y}, item.hovered || item.held ? radius + surface.px(1) : radius,
                          signal);
    if (item.held || (typing.get() == 0 && shows_focus()))
        list->AddCircle({knob, y}, radius + surface.px(3), theme.blue, 0, stroke(surface));

    const NumberEntry entry{"##number",
                            {right + surface.px(4), corner.y + surface.px(1)},
                            {corner.x + width, corner.y + height - surface.px(1)},
                            static_cast<double>(low),
                            static_cast<double>(high),
                            value < 0.1f ? 3 : 2};
    if (typing.get() != 0) {
        bool open = true;
        double typed = static_cast<double>(value);
        if (number_entry(surface, entry, open, typed))
            value = std::clamp(static_cast<float>(typed), low, high);
        if (!open) {
            typing.set(0);
            released = true;
        }
    } else {
        say_met_limit(surface, entry);
        number(list, face, {corner.x + width, text_top(face, corner.y, height)}, signal,
               shown(value));
    }
    ImGui::PopID();
    ImGui::SetCursorScreenPos(corner);
    advance({width, height});
    return value != before;
}

}  // namespace fovea::app::widgets
