#pragma once

#include <cmath>
#include <span>
#include <string>
#include <string_view>

#include "app/ui/widgets.h"

namespace fovea::app {

/// The controls of a dialog with the keyboard: Tab and Shift+Tab go from one to the next, Space
/// presses it, arrows choose in a list; a ring shows which one has the focus. Made anew in every
/// frame, between BeginPopupModal and EndPopup of a window with ImGuiWindowFlags_NoNavInputs (Tab
/// is not ImGui's there).
class DialogControls {
  public:
    /// Kept from frame to frame by whoever owns the dialog.
    struct State {
        int focus = 0;             ///< place of the control among those drawn
        int count = 1;             ///< of those drawn in the last frame
        bool moved = true;         ///< the control at `focus` is to be given the keyboard
        bool selects = true;       ///< and a field all that stands in it
        bool by_keyboard = false;  ///< the ring is shown once the keyboard has been used
        bool on_button = false;    ///< in the last frame: Enter is for that button
        int keeps_tab = -1;        ///< place of a field that Tab is for while it has the focus
        void open(int first) { *this = {.focus = first}; }
    };

    DialogControls(Surface& surface, State& state);
    ~DialogControls();
    DialogControls(const DialogControls&) = delete;
    DialogControls& operator=(const DialogControls&) = delete;

    /// `instead`: see widgets::text_field.
    bool text_field(const char* id, std::string& value, std::string_view tooltip,
                    std::string* instead = nullptr);
    bool toggle(const char* id, std::string_view label, bool& on, std::string_view tooltip,
                bool changed = false);
    bool segments(const char* id, int& chosen, std::span<const std::string_view> labels,
                  std::string_view tooltip);
    bool choice(const char* id, int& chosen, std::span<const std::string_view> labels,
                std::string_view tooltip);
    bool button(const char* id, std::string_view label, std::string_view tooltip,
                bool active = false);

    /// Enter, where no button but the dialog's own (the one it does by default) has the focus.
    bool enter();
    /// Escape, unless it is for a menu above the dialog.
    bool escape() const;

  private:
    struct Stop {
        int place;
        bool focused;
    };
    Stop next();
    bool pressed(const Stop& stop, bool space_only) const;
    void take_focus(const Stop& stop);
    void ring(const Stop& stop, ImVec2 min, ImVec2 max, float rounding) const;
    bool step(const Stop& stop, int& chosen, int count) const;

    Surface& surface_;
    State& state_;
    bool has_keys_;  // no menu is open above the dialog
    int drawn_ = 0;
    bool on_button_ = false;
};

/// A row of the dialog has its height whatever stands in it: nothing jumps.
class DialogSection {
  public:
    DialogSection(Surface& surface, float design_height)
        : corner_(ImGui::GetCursorScreenPos()),
          end_(corner_.y + std::floor(surface.px(design_height))) {}
    ~DialogSection() {
        ImGui::SetCursorScreenPos({corner_.x, end_});
        ImGui::Dummy({1, 0});
    }
    DialogSection(const DialogSection&) = delete;
    DialogSection& operator=(const DialogSection&) = delete;

  private:
    ImVec2 corner_;
    float end_;
};

}  // namespace fovea::app
