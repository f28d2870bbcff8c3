#include "app/shell/model_chooser.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "app/render/widgets.h"
#include "app/shell/application.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {
namespace {

constexpr float menu_width = 440, row_height = 46, padding = 12;
constexpr const char* menu_id = "models";

bool key_pressed(ImGuiKey key) {
#if IMGUI_VERSION_NUM >= 18700
    return ImGui::IsKeyPressed(key);
#else
    return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key));
#endif
}

using Choice = ModelMenu::Choice;

std::string megabytes(std::uint64_t bytes) {
    return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6);
}

std::vector<Choice> list_choices(const Application& application) {
    std::vector<Choice> choices;
    std::vector<std::filesystem::path> listed;
    if (const auto entries = catalogue())
        for (const CatalogueEntry& entry : *entries) {
            Choice choice{entry.name, entry.name, entry.description, {}};
            if (const auto folder = installed(entry)) {
                listed.push_back(*folder);
            } else {
                choice.to_fetch = entry;
            }
            choices.push_back(std::move(choice));
        }
    for (const std::filesystem::path& folder : installed_folders())
        if (std::find(listed.begin(), listed.end(), folder) == listed.end())
            choices.push_back({folder.string(), folder.filename().string(), folder.string(), {}});
    // A model from elsewhere, in use now.
    const std::string& asked = application.document().model;
    const bool known = std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
        return choice.asked == asked || choice.title == asked;
    });
    if (application.model() && !known)
        choices.push_back({asked, application.model()->name, asked, {}});
    return choices;
}

void draw_progress(Application& application, Frame& frame, const ModelLoader::Fetching& fetching,
                   ImVec2 min, ImVec2 max) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float y = max.y - frame.px(6);
    list->AddRectFilled({min.x + frame.px(padding), y},
                        {max.x - frame.px(padding), y + frame.px(2)}, frame.theme.line);
    const float width = max.x - min.x - 2 * frame.px(padding);
    const auto share = static_cast<float>(std::clamp(fetching.share, 0.0, 1.0));
    list->AddRectFilled({min.x + frame.px(padding), y},
                        {min.x + frame.px(padding) + width * share, y + frame.px(2)},
                        frame.theme.blue);
    const float cancel = widgets::text_size(frame.fonts.text, "cancel").x;
    ImGui::SetCursorScreenPos(
        {std::floor(max.x - frame.px(padding) - cancel), min.y + frame.px(6)});
    if (widgets::link(frame, "cancel", "cancel", "Stop; what is there is kept for the next time"))
        application.loader().cancel_fetch();
}

void draw_choice(Application& application, Frame& frame, const Choice& choice, int index) {
    ModelMenu& menu = application.model_menu;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const auto fetching = application.loader().fetching();
    const bool being_fetched = fetching && fetching->name == choice.title;
    const ImVec2 min = ImGui::GetCursorScreenPos();
    const ImVec2 max{min.x + frame.px(menu_width), min.y + frame.px(row_height)};
    ImGui::PushID(index);
    if (being_fetched) {
        draw_progress(application, frame, *fetching, min, max);
    } else {
        const widgets::Hit hit = widgets::hit(frame, "choice", {max.x - min.x, max.y - min.y}, {});
        if (hit.hovered && ImGui::GetIO().MouseDelta.x + ImGui::GetIO().MouseDelta.y != 0)
            menu.highlighted = index;
        const bool taken =
            hit.clicked || (menu.highlighted == index && key_pressed(ImGuiKey_Enter));
        if (menu.highlighted == index || hit.hovered)
            list->AddRectFilled(min, max, faded(frame.theme.blue, 0.14f), frame.px(4));
        if (taken && choice.to_fetch) application.loader().fetch(*choice.to_fetch);
        if (taken && !choice.to_fetch) {
            application.choose_model(choice.asked);
            ImGui::CloseCurrentPopup();
        }
    }
    const bool current = application.model() && application.model()->name == choice.title;
    const std::string state = being_fetched ? ""
                              : choice.to_fetch
                                  ? "fetch " + megabytes(choice.to_fetch->total_size())
                              : current ? "in use"
                                        : "";
    const float x = min.x + frame.px(padding), right = max.x - frame.px(padding);
    widgets::text_right(list, frame.fonts.small, {right, min.y + frame.px(8)},
                        choice.to_fetch ? frame.theme.blue : frame.theme.muted, state);
    widgets::clipped_text(list, frame.fonts.text, {x, min.y + frame.px(6)},
                          right - x - frame.px(96), current ? frame.theme.blue : frame.theme.text,
                          choice.title);
    const std::string detail =
        being_fetched ? fmt::format("{} · {:.0f}%", fetching->what, fetching->share * 100)
                      : choice.detail;
    widgets::clipped_text(list, frame.fonts.small, {x, min.y + frame.px(24)}, right - x,
                          frame.theme.muted, detail);
    ImGui::SetCursorScreenPos({min.x, max.y});
    ImGui::Dummy({1, 0});
    ImGui::PopID();
}

void draw_path_field(Application& application, Frame& frame) {
    ModelMenu& menu = application.model_menu;
    const float width = frame.px(menu_width);
    const ImVec2 min = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float line = std::max(1.f, std::floor(frame.scale));
    list->AddRectFilled({min.x, min.y + frame.px(6)}, {min.x + width, min.y + frame.px(6) + line},
                        frame.theme.line);
    widgets::text(list, frame.fonts.small, {min.x + frame.px(padding), min.y + frame.px(14)},
                  frame.theme.muted, "Any folder by its path, or drop one on the window");
    ImGui::SetCursorScreenPos({min.x + frame.px(padding), min.y + frame.px(34)});
    ImGui::PushID("path");
    ImGui::BeginGroup();
    ImGui::PushItemWidth(width - frame.px(2 * padding));
    char buffer[4096] = "";
    menu.path.copy(buffer, sizeof buffer - 1);
    const bool entered = ImGui::InputTextWithHint(
        "##path", "/path/to/a/model", buffer, sizeof buffer, ImGuiInputTextFlags_EnterReturnsTrue);
    menu.path = buffer;
    ImGui::PopItemWidth();
    ImGui::EndGroup();
    ImGui::PopID();
    if (entered && !menu.path.empty()) {
        application.choose_model(menu.path);
        ImGui::CloseCurrentPopup();
    }
    ImGui::SetCursorScreenPos({min.x, min.y + frame.px(72)});
    ImGui::Dummy({1, 0});
}

}  // namespace

float draw_model_button(Application& application, Frame& frame) {
    const std::string name = application.model() ? application.model()->name : "no model";
    const float widest = frame.px(220);
    const float full = widgets::choice_width(frame, name);
    const float width = std::min(full, widest);
    const float height = widgets::control_height(frame);
    const widgets::Hit hit = widgets::hit(frame, "model", {width, height},
                                          "The model\nany folder can be dropped here · Ctrl+O");
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->AddRectFilled(hit.min, hit.max, frame.theme.raised, frame.px(6));
    list->AddRect(hit.min, hit.max, hit.hovered ? frame.theme.faint : frame.theme.line, frame.px(6),
                  0, std::max(1.f, std::floor(frame.scale)));
    widgets::clipped_text(
        list, frame.fonts.text,
        {hit.min.x + frame.px(11), widgets::text_top(frame.fonts.text, hit.min.y, height)},
        width - frame.px(35), frame.theme.text, name);
    widgets::menu_mark(list, {hit.max.x - frame.px(15), (hit.min.y + hit.max.y) / 2}, frame.scale,
                       frame.theme.text);
    if (hit.clicked) application.model_menu_wanted = true;
    return width;
}

void draw_model_chooser(Application& application, Frame& frame) {
    ModelMenu& menu = application.model_menu;
    if (application.model_menu_wanted) {
        application.model_menu_wanted = false;
        menu = {list_choices(application), "", -1, false};
        widgets::open_menu(menu_id);
    }
    ImGui::SetNextWindowPos({std::floor(frame.px(66)), std::floor(frame.px(50))});
    if (!widgets::begin_menu(frame, menu_id, menu_width)) return;
    const int count = static_cast<int>(menu.choices.size());
    if (count > 0 && key_pressed(ImGuiKey_DownArrow))
        menu.highlighted = (menu.highlighted + 1) % count;
    if (count > 0 && key_pressed(ImGuiKey_UpArrow))
        menu.highlighted = (std::max(menu.highlighted, 0) + count - 1) % count;
    for (int i = 0; i < count; ++i)
        draw_choice(application, frame, menu.choices[static_cast<size_t>(i)], i);
    draw_path_field(application, frame);
    // A download that ended while the menu was open changes what it lists.
    const bool fetching = application.loader().fetching().has_value();
    if (menu.fetching && !fetching) menu.choices = list_choices(application);
    menu.fetching = fetching;
    widgets::end_menu();
}

}  // namespace fovea::app
