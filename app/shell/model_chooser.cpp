#include "app/shell/model_chooser.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "app/shell/application.h"
#include "app/shell/model_terms.h"
#include "app/ui/widgets.h"
#include "engine/catalogue/catalogue.h"

namespace fovea::app {
namespace {

constexpr float menu_width = 560, row_height = 46, menu_padding = 12;
constexpr const char* menu_id = "models";

using Choice = ModelChoice;

std::vector<Choice> list_choices(const Application& application) {
    const auto& [discovery, to_fetch] = application.model_menu.found;
    std::vector<Choice> choices = model_choices(discovery, to_fetch);
    // A model from elsewhere, in use now.
    const std::string& asked = application.document().model;
    const bool known = std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
        return choice.asked == asked || choice.title == asked;
    });
    if (application.model() && !known)
        choices.insert(choices.begin(), {asked,
                                         application.model()->name,
                                         asked,
                                         true,
                                         {},
                                         ability_of(*application.model()->model)});
    return choices;
}

/// The Hub alone knows how large its models are, and it is asked when one is fetched.
std::string fetch_label(const CatalogueEntry& entry) {
    if (entry.asks_the_hub()) return "fetch";
    return fmt::format("fetch {:.0f} MB", static_cast<double>(entry.total_size()) / 1e6);
}

/// Fetches at once, or shows the terms first.
void fetch_or_ask(Application& application, const CatalogueEntry& entry) {
    if (entry.terms)
        application.model_menu.terms_of = entry;
    else
        application.loader().fetch(entry);
}

void draw_progress(Application& application, Frame& frame, const ModelLoader::Fetching& fetching,
                   ImVec2 min, ImVec2 max) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float y = max.y - frame.px(6);
    list->AddRectFilled({min.x + frame.px(menu_padding), y},
                        {max.x - frame.px(menu_padding), y + frame.px(2)}, frame.theme.line);
    const float width = max.x - min.x - 2 * frame.px(menu_padding);
    const auto share = static_cast<float>(std::clamp(fetching.share, 0.0, 1.0));
    list->AddRectFilled({min.x + frame.px(menu_padding), y},
                        {min.x + frame.px(menu_padding) + width * share, y + frame.px(2)},
                        frame.theme.blue);
    const float cancel = widgets::text_size(frame.fonts.text, "cancel").x;
    ImGui::SetCursorScreenPos(
        {std::floor(max.x - frame.px(menu_padding) - cancel), min.y + frame.px(6)});
    if (widgets::link(frame, "cancel", "cancel", "Stop; what is there is kept for the next time"))
        application.loader().cancel_fetch();
}

/// What a model can be asked, with every question, and all that is known of it.
std::string tip_of(const Choice& choice) {
    if (!choice.can_open || !choice.ability) return choice.detail;
    return fmt::format("{}\n{}\n{}\nIt can be asked:\n{}", choice.title, asked_of(*choice.ability),
                       choice.detail, questions_of(*choice.ability));
}

/// First what the model can be asked, then what it is.
void draw_detail(Frame& frame, const Choice& choice, ImVec2 at, float room) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = frame.fonts.small;
    if (choice.ability) {
        const std::string asked = asked_of(*choice.ability);
        widgets::clipped_text(list, font, at, room, frame.theme.text, asked);
        const float width = widgets::text_size(font, asked).x + frame.px(10);
        at.x += width;
        room -= width;
    }
    if (room > 0) widgets::clipped_text(list, font, at, room, frame.theme.muted, choice.detail);
}

void draw_choice(Application& application, Frame& frame, const Choice& choice, int index) {
    ModelMenu& menu = application.model_menu;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const auto fetching = application.loader().fetching();
    const bool being_fetched = fetching && fetching->name == choice.title;
    const ImVec2 min = ImGui::GetCursorScreenPos();
    const ImVec2 max{min.x + frame.px(menu_width), min.y + frame.px(row_height)};
    const auto failure = application.loader().fetch_failure();
    const bool has_failed =
        !being_fetched && choice.to_fetch && failure && failure->name == choice.title;
    float detail_room = max.x - min.x - frame.px(2 * menu_padding);
    ImGui::PushID(index);
    if (being_fetched) {
        draw_progress(application, frame, *fetching, min, max);
    } else {
        if (has_failed) {
            // Before the row itself, which would take the click.
            const float width = std::ceil(widgets::text_size(frame.fonts.small, "dismiss").x);
            ImGui::SetCursorScreenPos(
                {std::floor(max.x - frame.px(menu_padding) - width), min.y + frame.px(22)});
            if (widgets::link(frame, "dismiss", "dismiss", "Put this message away"))
                application.loader().dismiss_fetch_failure();
            detail_room -= width + frame.px(menu_padding);
            ImGui::SetCursorScreenPos(min);
        }
        const std::string tip = has_failed ? fmt::format(
                                                 "Not fetched\n{}\nClick: try again; what "
                                                 "is there already is kept",
                                                 failure->error)
                                           : tip_of(choice);
        const widgets::Hit hit = widgets::hit(frame, "choice", {max.x - min.x, max.y - min.y}, tip);
        // A mouse that is touched while a path is typed takes nothing from it.
        const ImVec2 moved = ImGui::GetIO().MouseDelta;
        if (hit.hovered && menu.path.empty() && (moved.x != 0 || moved.y != 0))
            menu.highlighted = index;
        const bool taken =
            choice.can_open &&
            (hit.clicked || (menu.highlighted == index && widgets::key_pressed(ImGuiKey_Enter)));
        if (choice.can_open && (menu.highlighted == index || hit.hovered))
            list->AddRectFilled(min, max, faded(frame.theme.blue, 0.14f), frame.px(4));
        if (taken && choice.to_fetch) {
            fetch_or_ask(application, *choice.to_fetch);
            menu.wants_keyboard = true;
        }
        if (taken && !choice.to_fetch) {
            application.choose_model(choice.asked);
            ImGui::CloseCurrentPopup();
        }
    }
    const bool current = application.model() && application.model()->name == choice.title;
    const std::string state = being_fetched      ? ""
                              : choice.to_fetch  ? fetch_label(*choice.to_fetch)
                              : current          ? "in use"
                              : !choice.can_open ? "cannot open"
                                                 : "";
    const float x = min.x + frame.px(menu_padding), right = max.x - frame.px(menu_padding);
    widgets::text_right(list, frame.fonts.small, {right, min.y + frame.px(8)},
                        choice.to_fetch ? frame.theme.blue : frame.theme.muted, state);
    widgets::clipped_text(list, frame.fonts.text, {x, min.y + frame.px(6)},
                          right - x - frame.px(96),
                          current           ? frame.theme.blue
                          : choice.can_open ? frame.theme.text
                                            : frame.theme.faint,
                          choice.title);
    const ImVec2 below{x, min.y + frame.px(24)};
    if (being_fetched || has_failed)
        widgets::clipped_text(
            list, frame.fonts.small, below, detail_room,
            has_failed ? frame.theme.down : frame.theme.muted,
            has_failed ? fmt::format("Not fetched: {}", failure->error)
                       : fmt::format("{} · {:.0f}%", fetching->what, fetching->share * 100));
    else
        draw_detail(frame, choice, below, detail_room);
    ImGui::SetCursorScreenPos({min.x, max.y});
    ImGui::Dummy({1, 0});
    ImGui::PopID();
}

/// What became of a path that was typed.
void take_verdict(Application& application) {
    const auto verdict = application.loader().take_verdict();
    if (!verdict) return;
    ModelMenu& menu = application.model_menu;
    menu.path.clear();
    if (verdict->model.empty()) {
        menu.remark = verdict->remark;
        menu.wants_keyboard = true;
        application.loader().discover();
        return;
    }
    application.choose_model(verdict->model);
    menu.close_wanted = true;
}

void draw_path_field(Application& application, Frame& frame) {
    ModelMenu& menu = application.model_menu;
    const float width = frame.px(menu_width);
    const ImVec2 min = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float line = std::max(1.f, std::floor(frame.scale));
    list->AddRectFilled({min.x, min.y + frame.px(6)}, {min.x + width, min.y + frame.px(6) + line},
                        frame.theme.line);
    widgets::text(
        list, frame.fonts.small, {min.x + frame.px(menu_padding), min.y + frame.px(14)},
        frame.theme.muted,
        menu.remark.empty() ? "Any model by its path, or a folder of models" : menu.remark);
    ImGui::SetCursorScreenPos({min.x + frame.px(menu_padding), min.y + frame.px(34)});
    ImGui::PushID("path");
    ImGui::BeginGroup();
    ImGui::PushItemWidth(width - frame.px(2 * menu_padding));
    if (menu.wants_keyboard) {
        ImGui::SetKeyboardFocusHere();
        frame.draw_again();
    }
    char buffer[4096] = "";
    menu.path.copy(buffer, sizeof buffer - 1);
    const bool entered = ImGui::InputTextWithHint(
        "##path", "/path/to/a/model", buffer, sizeof buffer, ImGuiInputTextFlags_EnterReturnsTrue);
    if (ImGui::IsItemActive()) menu.wants_keyboard = false;
    if (menu.path != buffer) menu.highlighted = -1;
    menu.path = buffer;
    ImGui::PopItemWidth();
    ImGui::EndGroup();
    ImGui::PopID();
    if (entered && !menu.path.empty() && menu.highlighted < 0)
        application.loader().look_at(menu.path);
    ImGui::SetCursorScreenPos({min.x, min.y + frame.px(72)});
    ImGui::Dummy({1, 0});
}

}  // namespace

float draw_model_button(Application& application, Frame& frame) {
    std::string name = application.shown_name();
    if (name.empty()) name = "no model";
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

namespace {

void move_highlight(ModelMenu& menu, int step) {
    const int count = static_cast<int>(menu.choices.size());
    int at = menu.highlighted < 0 && step < 0 ? 0 : menu.highlighted;
    for (int i = 0; i < count; ++i) {
        at = (at + step + count) % count;
        if (!menu.choices[static_cast<size_t>(at)].can_open) continue;
        menu.highlighted = at;
        return;
    }
}

void draw_list(Application& application, Frame& frame) {
    ModelMenu& menu = application.model_menu;
    const int count = static_cast<int>(menu.choices.size());
    const bool down = widgets::key_pressed(ImGuiKey_DownArrow),
               up = widgets::key_pressed(ImGuiKey_UpArrow);
    if (down || up) move_highlight(menu, down ? 1 : -1);
    const float room = ImGui::GetIO().DisplaySize.y - frame.px(50 + 72 + 40);
    const float height = std::min(frame.px(row_height) * static_cast<float>(count), room);
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
    if (ImGui::BeginChild("list", {frame.px(menu_width), std::max(height, 1.f)}))
        for (int i = 0; i < count; ++i) {
            draw_choice(application, frame, menu.choices[static_cast<size_t>(i)], i);
            if ((down || up) && i == menu.highlighted) ImGui::SetScrollHereY();
        }
    ImGui::EndChild();
    ImGui::PopStyleColor();
    draw_path_field(application, frame);
}

}  // namespace

void draw_model_chooser(Application& application, Frame& frame) {
    ModelMenu& menu = application.model_menu;
    take_verdict(application);
    if (application.model_menu_wanted) {
        application.model_menu_wanted = false;
        menu.path.clear();
        menu.remark.clear();
        menu.wants_keyboard = true;
        menu.highlighted = -1;
        menu.terms_of.reset();
        menu.choices = list_choices(application);
        application.loader().discover();
        widgets::open_menu(menu_id);
    }
    ImGui::SetNextWindowPos({std::floor(frame.px(66)), std::floor(frame.px(50))});
    if (!widgets::begin_menu(frame, menu_id, menu_width)) {
        menu.close_wanted = menu.wants_keyboard = false;
        return;
    }
    if (std::exchange(menu.close_wanted, false)) ImGui::CloseCurrentPopup();
    // A download that ended while the menu was open changes what there is.
    const bool fetching = application.loader().fetching().has_value();
    if (menu.fetching && !fetching) application.loader().discover();
    menu.fetching = fetching;
    if (auto found = application.loader().take_discovery()) {
        menu.found = *std::move(found);
        menu.choices = list_choices(application);
        menu.highlighted = -1;
        if (!menu.found.discovery.remarks.empty() && menu.remark.empty())
            menu.remark = menu.found.discovery.remarks.front();
    }
    if (menu.terms_of) {
        if (const auto answer = draw_model_terms(frame, *menu.terms_of, menu_width)) {
            if (*answer) application.loader().fetch(*menu.terms_of);
            menu.terms_of.reset();
        }
    } else {
        draw_list(application, frame);
    }
    widgets::end_menu();
}

}  // namespace fovea::app
