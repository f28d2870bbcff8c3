#include "app/shell/keys_overlay.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "app/shell/shortcuts.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

constexpr float padding = 24, usual_row = 22, smallest_row = 15, keys_width = 132,
                column_width = 432;
constexpr float heading_room = 26, group_gap = 22;

/// Two columns of about the same height.
const std::array<std::vector<KeyGroup>, 2> arrangement{
    {{KeyGroup::sentence, KeyGroup::look}, {KeyGroup::find, KeyGroup::change, KeyGroup::window}}};

int rows_of(KeyGroup group) {
    return static_cast<int>(std::ranges::count_if(shortcuts(), [&](const Shortcut& shortcut) {
        return shortcut.group == group && *shortcut.keys;
    }));
}

float height_of(const std::vector<KeyGroup>& groups, float row) {
    float height = group_gap * static_cast<float>(groups.size() - 1);
    for (const KeyGroup group : groups)
        height += heading_room + row * static_cast<float>(rows_of(group));
    return height;
}

void draw_group(Frame& frame, ImDrawList* list, KeyGroup group, float row, ImVec2& at) {
    widgets::spaced_capitals(list, frame.fonts.heading, at, frame.px(0.9f), frame.theme.muted,
                             group_name(group));
    at.y += frame.px(heading_room);
    for (const Shortcut& shortcut : shortcuts()) {
        if (shortcut.group != group || !*shortcut.keys) continue;
        widgets::text(list, frame.fonts.strong, at, frame.theme.text, shortcut.keys);
        widgets::clipped_text(list, frame.fonts.text, {at.x + frame.px(keys_width), at.y},
                              frame.px(column_width - keys_width - padding), frame.theme.muted,
                              shortcut.does);
        at.y = std::floor(at.y + frame.px(row));
    }
    at.y += frame.px(group_gap);
}

}  // namespace

void draw_keys_overlay(Frame& frame) {
    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(screen);
    ImGui::PushStyleColor(ImGuiCol_WindowBg, faded(frame.theme.background, 0.72f));
    ImGui::SetNextWindowFocus();
    ImGui::Begin("keys", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav);
    ImGui::PopStyleColor();
    const float width = frame.px(2 * column_width + padding);
    const auto height_with = [&](float row) {
        return 2 * padding +
               std::max(height_of(arrangement[0], row), height_of(arrangement[1], row));
    };
    // In a low window the rows stand closer.
    float row = usual_row;
    while (row > smallest_row && frame.px(height_with(row)) > screen.y - frame.px(16))
        --row;
    const float height = frame.px(height_with(row));
    const ImVec2 min{std::floor((screen.x - width) / 2),
                     std::floor(std::max(frame.px(8), (screen.y - height) / 2))};
    const ImVec2 max{min.x + width, min.y + height};
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(min, max, frame.theme.panel, frame.px(8));
    list->AddRect(min, max, frame.theme.line, frame.px(8), 0, std::max(1.f, frame.px(1)));
    for (size_t column = 0; column < arrangement.size(); ++column) {
        ImVec2 at{std::floor(min.x + frame.px(padding + static_cast<float>(column) * column_width)),
                  std::floor(min.y + frame.px(padding))};
        for (const KeyGroup group : arrangement[column])
            draw_group(frame, list, group, row, at);
    }
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !ImGui::IsWindowAppearing())
        frame.view.show_keys = false;
    ImGui::End();
}

}  // namespace fovea::app
