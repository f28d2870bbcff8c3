#include "app/ui/dialog_controls.h"

#include <algorithm>

#include "app/ui/widget_parts.h"

namespace fovea::app {

DialogControls::DialogControls(Surface& surface, State& state)
    : surface_(surface), state_(state), has_keys_(ImGui::IsWindowFocused()) {
    if (!has_keys_ || !widgets::key_pressed(ImGuiKey_Tab)) return;
    if (state_.focus == state_.keeps_tab && !ImGui::GetIO().KeyShift) return;
    const int step = ImGui::GetIO().KeyShift ? state_.count - 1 : 1;
    state_.focus = (state_.focus + step) % std::max(1, state_.count);
    state_.moved = state_.selects = state_.by_keyboard = true;
    // A field that is left lets go of the keyboard; another one takes it below.
    widgets::leave_entries();
}

DialogControls::~DialogControls() {
    state_.count = std::max(1, drawn_);
    state_.on_button = on_button_;
    // Controls may have gone from behind the focus.
    if (state_.focus >= state_.count) state_.open(state_.count - 1);
}

DialogControls::Stop DialogControls::next() {
    const int place = drawn_++;
    return {place, place == state_.focus};
}

bool DialogControls::pressed(const Stop& stop, bool space_only) const {
    if (!stop.focused || !has_keys_ || ImGui::GetIO().WantTextInput) return false;
    return widgets::key_pressed(ImGuiKey_Space, false) ||
           (!space_only && widgets::key_pressed(ImGuiKey_Enter, false));
}

void DialogControls::take_focus(const Stop& stop) {
    state_.focus = stop.place;
    state_.moved = false;
}

void DialogControls::ring(const Stop& stop, ImVec2 min, ImVec2 max, float rounding) const {
    if (!stop.focused || !state_.by_keyboard) return;
    const float out = surface_.px(2);
    widgets::parts::outline(surface_, {min.x - out, min.y - out}, {max.x + out, max.y + out},
                            surface_.theme.blue, surface_.px(rounding) + out);
}

bool DialogControls::step(const Stop& stop, int& chosen, int count) const {
    if (!stop.focused || !has_keys_ || ImGui::GetIO().WantTextInput || count < 1) return false;
    const bool on =
        widgets::key_pressed(ImGuiKey_RightArrow) || widgets::key_pressed(ImGuiKey_DownArrow);
    const bool back =
        widgets::key_pressed(ImGuiKey_LeftArrow) || widgets::key_pressed(ImGuiKey_UpArrow);
    const int before = chosen;
    chosen = std::clamp(chosen + static_cast<int>(on) - static_cast<int>(back), 0, count - 1);
    return chosen != before;
}

bool DialogControls::text_field(const char* id, std::string& value, std::string_view tooltip,
                                std::string* instead) {
    const Stop stop = next();
    if (stop.focused && state_.moved) {
        ImGui::SetKeyboardFocusHere();
        surface_.draw_again();
    }
    const bool selects = stop.focused && state_.moved && state_.selects;
    const bool changed = widgets::text_field(surface_, id, value, tooltip, instead, selects);
    if (widgets::text_field_is_active(id)) take_focus(stop);
    return changed;
}

bool DialogControls::toggle(const char* id, std::string_view label, bool& on,
                            std::string_view tooltip, bool changed) {
    const Stop stop = next();
    const bool flipped = widgets::toggle(surface_, id, label, on, tooltip, changed);
    const ImVec2 min = ImGui::GetItemRectMin(), max = ImGui::GetItemRectMax();
    if (flipped) take_focus(stop);
    ring(stop, min, max, 4);
    if (!pressed(stop, true)) return flipped;
    on = !on;
    return true;
}

bool DialogControls::segments(const char* id, int& chosen, std::span<const std::string_view> labels,
                              std::string_view tooltip) {
    const Stop stop = next();
    const ImVec2 min = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    bool changed = widgets::segments(surface_, id, chosen, labels, tooltip);
    if (changed) take_focus(stop);
    ring(stop, min, {min.x + width, min.y + surface_.px(28)}, 6);
    return step(stop, chosen, static_cast<int>(labels.size())) || changed;
}

bool DialogControls::choice(const char* id, int& chosen, std::span<const std::string_view> labels,
                            std::string_view tooltip) {
    const Stop stop = next();
    const ImVec2 min = ImGui::GetCursorScreenPos();
    const auto place = static_cast<size_t>(std::max(chosen, 0));
    const float width = widgets::choice_width(
        surface_, place < labels.size() ? labels[place] : std::string_view("–"));
    bool changed = widgets::choice(surface_, id, chosen, labels, tooltip);
    if (changed) take_focus(stop);
    ring(stop, min, {min.x + width, min.y + widgets::control_height(surface_)}, 6);
    return step(stop, chosen, static_cast<int>(labels.size())) || changed;
}

bool DialogControls::button(const char* id, std::string_view label, std::string_view tooltip,
                            bool active) {
    const Stop stop = next();
    const bool clicked = widgets::button(surface_, id, label, tooltip, active);
    ring(stop, ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), 6);
    if (stop.focused) on_button_ = true;
    return clicked || pressed(stop, false);
}

bool DialogControls::enter() {
    const bool entered = has_keys_ && !state_.on_button && !on_button_ &&
                         (widgets::key_pressed(ImGuiKey_Enter, false) ||
                          widgets::key_pressed(ImGuiKey_KeyPadEnter, false));
    // ImGui takes the keyboard from a field on Enter; the dialog stays, and so does the caret.
    if (entered) state_.moved = true, state_.selects = false;
    return entered;
}

bool DialogControls::escape() const {
    return has_keys_ && widgets::key_pressed(ImGuiKey_Escape, false);
}

}  // namespace fovea::app
