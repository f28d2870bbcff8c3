#include "app/shell/column.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "app/panels/left_column.h"
#include "app/panels/map_axes.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float top_padding = 12;   // design pixels
constexpr float usual_panel = 100;  // until it was drawn once

/// "entropy_by_token" as a heading says it.
std::string title_of(const Panel& panel) {
    std::string title = panel.name;
    std::replace(title.begin(), title.end(), '_', ' ');
    return title;
}

/// A small triangle: downward over an open panel, to the side where it is folded.
void fold_mark(ImDrawList* list, ImVec2 middle, float reach, bool folded, ImU32 colour) {
    const float half = reach * 0.7f;
    if (folded)
        list->AddTriangleFilled({middle.x - half, middle.y - reach}, {middle.x + half, middle.y},
                                {middle.x - half, middle.y + reach}, colour);
    else
        list->AddTriangleFilled({middle.x - reach, middle.y - half},
                                {middle.x + reach, middle.y - half}, {middle.x, middle.y + half},
                                colour);
}

/// The words of a heading fold their panel and unfold it. Before the panel is drawn: what comes
/// first takes the mouse. Returns whether it is folded; then its heading is drawn already.
bool fold_heading(Frame& frame, const Panel& panel, int number) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const std::string title = title_of(panel);
    const bool folded = is_folded(frame.view, panel.name, frame.layers());
    const float letters = widgets::text_size(frame.fonts.heading, title).x * 1.35f;
    const float width = std::min(letters, ImGui::GetContentRegionAvail().x * 0.5f);
    std::string tip = fmt::format("{} the panel", folded ? "Unfold" : "Fold");
    if (panel.numbered) tip += fmt::format("\nCtrl+{}", number);
    const auto hit = widgets::hit(frame, "fold", {width, frame.px(18)}, tip);
    if (hit.clicked) fold(frame.view, panel.name, !folded, frame.layers());
    ImGui::SetCursorScreenPos(corner);
    if (folded) widgets::heading(frame, title);
    if (folded || hit.hovered)
        fold_mark(list, {corner.x - frame.px(4), corner.y + frame.px(8)}, frame.px(3), folded,
                  hit.hovered ? frame.theme.text : frame.theme.faint);
    return folded;
}

/// The heights of a column's panels, as they were in the last frame, and the lines between them.
/// Panels that are too high for the column stand closer, all lines alike.
class ColumnHeights {
  public:
    ColumnHeights(Frame& frame, Place place) : frame_(frame), place_(place) {
        float height = 0;
        int lines = -1;
        for (const Panel& panel : panels())
            if (panel.place == place && is_shown(panel, frame)) {
                height += of(panel);
                ++lines;
            }
        lines_ = static_cast<float>(std::max(0, lines));
        const float room = ImGui::GetContentRegionAvail().y;
        most_ = std::floor(frame.px(widgets::separator_air));
        const float over = height + lines_ * line() - room;
        less_ = lines_ > 0 ? std::clamp(std::ceil(over / lines_), 0.0f, most_) : 0;
    }
    /// What each line between panels gives up of the air around it.
    float less() const { return less_; }
    ColumnRoom room(const Panel& panel) const {
        ColumnRoom room{
            .below = 0, .spare_air = lines_ * (most_ - less_), .given_air = lines_ * less_};
        bool below = false;
        for (const Panel& other : panels()) {
            if (other.place == place_ && below && is_shown(other, frame_))
                room.below += of(other) + line() - less_;
            below = below || &other == &panel;
        }
        return room;
    }
    /// Another height than in the last frame: what stands around the panel finds its place in the
    /// next one.
    void note(const Panel& panel, float height) {
        if (std::abs(height - of(panel)) > 0.5f) frame_.draw_again();
        ImGui::GetStateStorage()->SetFloat(ImGui::GetID(panel.name), height);
    }

  private:
    float of(const Panel& panel) const {
        return ImGui::GetStateStorage()->GetFloat(ImGui::GetID(panel.name), frame_.px(usual_panel));
    }
    float line() const {
        return std::floor(frame_.px(widgets::separator_above)) + line_thickness(frame_) +
               std::floor(frame_.px(widgets::separator_below));
    }
    Frame& frame_;
    Place place_;
    float lines_ = 0, most_ = 0, less_ = 0;
};

}  // namespace

void draw_column(Frame& frame, Place place, const char* name, const Rectangle& area) {
    if (begin_region(name, area, {frame.px(side_padding), frame.px(top_padding)}, true)) {
        ColumnHeights heights(frame, place);
        bool first = true;
        int number = 0;
        for (const Panel& panel : panels()) {
            if (panel.place != Place::left && panel.place != Place::right) continue;
            number += panel.numbered;
            if (panel.place != place || !is_shown(panel, frame)) continue;
            if (!first) widgets::separator(frame, heights.less());
            first = false;
            const float top = ImGui::GetCursorPosY();
            frame.column = heights.room(panel);
            ImGui::PushID(panel.name);
            if (!fold_heading(frame, panel, number)) {
                if (*panel.heading) widgets::heading(frame, panel.heading);
                panel.draw(frame);
            }
            ImGui::PopID();
            heights.note(panel, ImGui::GetCursorPosY() - top);
        }
    }
    ImGui::EndChild();
}

void draw_folded(Frame& frame, const char* name, std::string_view words, const Rectangle& area,
                 ViewState::Fold& column, std::string_view key) {
    if (begin_region(name, area, {0, 0}, false)) {
        const auto hit = widgets::hit(frame, "unfold", {area.width(), area.height()},
                                      fmt::format("Open this column\n{}", key));
        if (hit.clicked) column = ViewState::Fold::open;
        ImDrawList* list = ImGui::GetWindowDrawList();
        if (hit.hovered) list->AddRectFilled(area.min, area.max, frame.theme.raised);
        const ImU32 ink = hit.hovered ? frame.theme.text : frame.theme.muted;
        const float middle = std::floor((area.min.x + area.max.x) / 2);
        fold_mark(list, {middle, area.min.y + frame.px(20)}, frame.px(4), true, ink);
        TurnedText turned;
        turned.font = frame.fonts.small;
        turned.angle = std::numbers::pi_v<float> / 2;
        turned.width = area.height() - frame.px(50);
        turned.colour = ink;
        const float length = std::min(turned.width, widgets::text_size(turned.font, words).x);
        turned.position = {middle, std::floor(area.min.y + frame.px(34) + length)};
        turned_text(list, turned, words);
    }
    ImGui::Dummy({0, 0});
    ImGui::EndChild();
}

}  // namespace fovea::app
