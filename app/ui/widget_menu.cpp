#include <imgui.h>

#include <cmath>
#include <string>

#include "app/ui/widget_parts.h"

namespace fovea::app::widgets {

using namespace parts;

namespace {

constexpr float mark_width = 8;  // design pixels
/// Where a menu's window keeps its width; the same below any pushed id.
constexpr ImGuiID menu_width_key = 0x6d656e75;

void push_menu_style(Surface& surface) {
    const Theme& theme = surface.theme;
    ImGui::PushStyleColor(ImGuiCol_PopupBg, theme.is_dark ? theme.raised : theme.panel);
    ImGui::PushStyleColor(ImGuiCol_Border, theme.line);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(surface.px(4), surface.px(4)));
    ImGui::PushStyleVar(ImGuiStyleVar_PopupRounding, surface.px(6));
    ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, stroke(surface));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
}

void pop_menu_style() {
    ImGui::PopStyleVar(4);
    ImGui::PopStyleColor(2);
}

std::string with_prefix(std::string_view prefix, std::string_view label) {
    return prefix.empty() ? std::string(label) : std::string(prefix) + std::string(label);
}

ImFont* face_of(const Surface& surface, bool raised) {
    return raised ? surface.fonts.text : surface.fonts.small;
}

}  // namespace

void open_menu(const char* id) {
    ImGui::OpenPopup(id);
}

bool begin_menu(Surface& surface, const char* id, float design_width) {
    push_menu_style(surface);
    const bool open = ImGui::BeginPopup(id, ImGuiWindowFlags_NoMove);
    if (!open) {
        pop_menu_style();
        return false;
    }
    ImGui::GetStateStorage()->SetFloat(menu_width_key, surface.px(design_width));
    if (key_pressed(ImGuiKey_Escape)) ImGui::CloseCurrentPopup();
    return true;
}

bool menu_item(Surface& surface, std::string_view label, std::string_view key, bool enabled,
               bool chosen) {
    const Theme& theme = surface.theme;
    const float width = ImGui::GetStateStorage()->GetFloat(menu_width_key, surface.px(180));
    const float height = surface.px(26), padding = surface.px(10);
    const std::string id(label);
    const Hit item = hit(surface, id.c_str(), {width, height}, {});
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (enabled && item.hovered)
        list->AddRectFilled(item.min, item.max, faded(theme.blue, theme.is_dark ? 0.16f : 0.10f),
                            surface.px(4));
    ImFont* face = surface.fonts.text;
    const float key_width =
        key.empty() ? 0 : text_size(surface.fonts.small, key).x + surface.px(12);
    clipped_text(list, face, {item.min.x + padding, text_top(face, item.min.y, height)},
                 width - 2 * padding - key_width,
                 !enabled ? theme.faint
                 : chosen ? theme.blue
                          : theme.text,
                 label);
    if (!key.empty())
        text_right(list, surface.fonts.small,
                   {item.max.x - padding, text_top(surface.fonts.small, item.min.y, height)},
                   theme.muted, key);
    focus_ring(surface, item, surface.px(4));
    if (!item.clicked || !enabled) return false;
    ImGui::CloseCurrentPopup();
    return true;
}

void end_menu() {
    ImGui::EndPopup();
    pop_menu_style();
}

float choice_width(const Surface& surface, std::string_view label, std::string_view prefix,
                   bool raised) {
    const float words = text_size(face_of(surface, raised), with_prefix(prefix, label)).x;
    return std::ceil(words + surface.px(5) + surface.px(mark_width) +
                     (raised ? 2 * surface.px(11) : 0));
}

void raised_menu(Surface& surface, const Hit& item, std::string_view label, ImU32 ink, ImU32 edge) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = surface.fonts.text;
    list->AddRectFilled(item.min, item.max, surface.theme.raised, surface.px(6));
    outline(surface, item.min, item.max, edge, surface.px(6));
    text(list, face,
         {item.min.x + surface.px(11), text_top(face, item.min.y, item.max.y - item.min.y)}, ink,
         label);
    menu_mark(
        list,
        {item.max.x - surface.px(11) - surface.px(mark_width) / 2, (item.min.y + item.max.y) / 2},
        surface.scale, ink);
    focus_ring(surface, item, surface.px(6));
}

bool choice(Surface& surface, const char* id, int& chosen, std::span<const std::string_view> labels,
            std::string_view tip, std::string_view prefix, bool raised) {
    const Theme& theme = surface.theme;
    const bool valid = chosen >= 0 && chosen < static_cast<int>(labels.size());
    const std::string label =
        with_prefix(prefix, valid ? labels[static_cast<size_t>(chosen)] : std::string_view("–"));
    ImFont* face = face_of(surface, raised);
    const float width = choice_width(surface, label, {}, raised);
    const float height = raised ? control_height(surface) : surface.px(heading_height);

    ImGui::PushID(id);
    const Hit item = hit(surface, "choice", {width, height}, tip);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float padding = raised ? surface.px(11) : 0;
    ImU32 colour = raised || item.hovered ? theme.text : theme.muted;
    if (raised) {
        list->AddRectFilled(item.min, item.max, theme.raised, surface.px(6));
        outline(surface, item.min, item.max, item.hovered ? theme.faint : theme.line,
                surface.px(6));
    }
    text(list, face, {item.min.x + padding, text_top(face, item.min.y, height)}, colour, label);
    menu_mark(list,
              {item.max.x - padding - surface.px(mark_width) / 2, (item.min.y + item.max.y) / 2},
              surface.scale, colour);
    focus_ring(surface, item, surface.px(raised ? 6 : 3));

    if (item.clicked) open_menu("menu");
    bool changed = false;
    float widest = surface.px(120);
    for (std::string_view each : labels)
        widest = std::max(widest, text_size(surface.fonts.text, each).x + surface.px(24));
    // Kept inside the window where the menu hangs from something near its right edge.
    const float right_limit = ImGui::GetIO().DisplaySize.x - surface.px(8);
    const float left = std::min(item.min.x, right_limit - widest - surface.px(8));
    ImGui::SetNextWindowPos({left, item.max.y + surface.px(4)}, ImGuiCond_Appearing);
    if (begin_menu(surface, "menu", widest / std::max(surface.scale, 0.01f))) {
        for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
            ImGui::PushID(i);
            if (menu_item(surface, labels[static_cast<size_t>(i)], {}, true, i == chosen)) {
                changed = i != chosen;
                chosen = i;
            }
            ImGui::PopID();
        }
        end_menu();
    }
    ImGui::PopID();
    return changed;
}

bool heading_menu(Surface& surface, const HeadingMenu& menu) {
    const Theme& theme = surface.theme;
    // Drawn into the heading row that was just drawn above the cursor.
    const ImVec2 below = ImGui::GetCursorScreenPos();
    const float height = surface.px(heading_height);
    const float right = below.x + ImGui::GetContentRegionAvail().x - menu.right_offset;
    const float room = std::min(menu.widest, right - heading_end(surface));
    const float mark = surface.px(5) + surface.px(mark_width);
    const float width =
        std::floor(std::clamp(room, mark, choice_width(surface, menu.label, {}, false)));
    ImGui::SetCursorScreenPos(
        {std::floor(right - width),
         below.y - std::floor(surface.px(heading_gap)) - height - stroke(surface)});
    ImGui::PushID(menu.id);
    const Hit item = hit(surface, "menu of heading", {width, height}, menu.tooltip);
    const std::string popup = std::string(menu.id) + " menu";
    ImGui::PopID();
    ImGui::SetCursorScreenPos(below);

    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* face = surface.fonts.small;
    const ImU32 colour = item.hovered ? theme.text : theme.muted;
    clipped_text(list, face, {item.min.x, text_top(face, item.min.y, height)}, width - mark + 1,
                 colour, menu.label);
    menu_mark(list, {item.max.x - surface.px(mark_width) / 2, (item.min.y + item.max.y) / 2},
              surface.scale, colour);
    focus_ring(surface, item, surface.px(3));
    if (item.clicked) open_menu(popup.c_str());
    const float menu_width = surface.px(menu.design_width + 8);
    const float right_limit = ImGui::GetIO().DisplaySize.x - surface.px(8);
    ImGui::SetNextWindowPos({std::max(0.0f, std::min(item.min.x, right_limit - menu_width)),
                             item.max.y + surface.px(4)},
                            ImGuiCond_Appearing);
    return begin_menu(surface, popup.c_str(), menu.design_width);
}

bool heading_choice(Surface& surface, const char* id, int& chosen,
                    std::span<const std::string_view> labels, std::string_view tip,
                    std::string_view prefix) {
    const bool valid = chosen >= 0 && chosen < static_cast<int>(labels.size());
    const std::string label =
        with_prefix(prefix, valid ? labels[static_cast<size_t>(chosen)] : std::string_view("–"));
    float widest = surface.px(120);
    for (std::string_view each : labels)
        widest = std::max(widest, text_size(surface.fonts.text, each).x + surface.px(24));
    const int before = chosen;
    if (!heading_menu(surface, id, label, tip, widest / std::max(surface.scale, 0.01f)))
        return false;
    for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
        ImGui::PushID(i);
        if (menu_item(surface, labels[static_cast<size_t>(i)], {}, true, i == chosen)) chosen = i;
        ImGui::PopID();
    }
    end_menu();
    return chosen != before;
}

}  // namespace fovea::app::widgets
