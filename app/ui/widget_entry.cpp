#include <imgui_internal.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "app/ui/widget_parts.h"

namespace fovea::app::widgets {

using namespace parts;

namespace {

/// ImGui's own text input in the program's clothes.
class EntryStyle {
  public:
    EntryStyle(Surface& surface, float height) {
        const Theme& theme = surface.theme;
        ImFont* face = surface.fonts.text;
#if IMGUI_VERSION_NUM >= 19200
        ImGui::PushFont(face, font_size(face));
#else
        ImGui::PushFont(face);
#endif
        ImGui::PushStyleColor(ImGuiCol_FrameBg, theme.background);
        ImGui::PushStyleColor(ImGuiCol_Text, theme.text);
        ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, faded(theme.blue, 0.35f));
        const float padding = std::max(0.0f, std::floor((height - font_size(face)) / 2));
        ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(surface.px(6), padding));
        ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 0.0f);
        ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, surface.px(6));
    }
    ~EntryStyle() {
        ImGui::PopStyleVar(3);
        ImGui::PopStyleColor(3);
        ImGui::PopFont();
    }
    EntryStyle(const EntryStyle&) = delete;
    EntryStyle& operator=(const EntryStyle&) = delete;
};

/// A number is typed with a point or with a comma.
int keep_number(ImGuiInputTextCallbackData* data) {
    if (data->EventChar == ',') data->EventChar = '.';
    const ImWchar c = data->EventChar;
    const bool is_digit = c >= '0' && c <= '9';
    return is_digit || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E' ? 0 : 1;
}

std::string as_typed(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

/// Where a control remembers which of its limits a typed number met, and until when that is said.
struct MetLimit {
    explicit MetLimit(const char* id)
        : which(ImGui::GetID((std::string(id) + " limit").c_str())),
          until(ImGui::GetID((std::string(id) + " until").c_str())) {}
    ImGuiID which, until;
};
constexpr float limit_seconds = 4;

struct Field {
    std::string& value;
    std::string* instead;
    static int call(ImGuiInputTextCallbackData* data) {
        auto& [value, instead] = *static_cast<Field*>(data->UserData);
        if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
            value.resize(static_cast<size_t>(data->BufTextLen));
            data->Buf = value.data();
        } else if (instead && !instead->empty()) {
            data->DeleteChars(0, data->BufTextLen);
            data->InsertChars(0, instead->c_str());
            data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
            instead->clear();
        }
        return 0;
    }
};

}  // namespace

namespace parts {

void say_met_limit(Surface& surface, const NumberEntry& entry) {
    ImGuiStorage* storage = ImGui::GetStateStorage();
    const MetLimit met(entry.id);
    const int which = storage->GetInt(met.which, 0);
    if (which == 0 || static_cast<float>(surface.now) > storage->GetFloat(met.until, 0)) return;
    const std::string words =
        which > 0 ? "largest is " + as_typed(entry.high) : "smallest is " + as_typed(entry.low);
    ImFont* face = surface.fonts.small;
    const float padding = surface.px(6), height = surface.px(18);
    const float width = std::ceil(text_size(face, words).x) + 2 * padding;
    const ImVec2 min{std::floor(entry.max.x - width), entry.max.y + surface.px(1)};
    const ImVec2 max{min.x + width, min.y + height};
    ImDrawList* list = ImGui::GetForegroundDrawList();
    list->AddRectFilled(min, max, surface.theme.raised, surface.px(4));
    list->AddRect(min, max, surface.theme.line, surface.px(4), 0, stroke(surface));
    text(list, face, {min.x + padding, text_top(face, min.y, height)}, surface.theme.text, words);
}

bool number_entry(Surface& surface, const NumberEntry& entry, bool& open, double& value) {
    // Only one control is typed into at a time.
    struct Typed {
        char buffer[32] = "";
        ImGuiID owner = 0;
        int opened_at = 0;
    };
    auto& [buffer, owner, opened_at] = surface.cache->of<Typed>();
    const ImGuiID id = ImGui::GetID(entry.id);
    const bool first = owner != id;
    if (first) {
        std::snprintf(buffer, sizeof buffer, "%.*f", entry.decimals, value);
        owner = id;
        opened_at = ImGui::GetFrameCount();
        ImGui::SetKeyboardFocusHere();
    }
    const ImVec2 cursor = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos(entry.min);
    bool entered = false;
    {
        const EntryStyle style(surface, entry.max.y - entry.min.y);
        ImGui::SetNextItemWidth(entry.max.x - entry.min.x);
        entered = ImGui::InputText(entry.id, buffer, sizeof buffer,
                                   ImGuiInputTextFlags_CallbackCharFilter |
                                       ImGuiInputTextFlags_AutoSelectAll |
                                       ImGuiInputTextFlags_EnterReturnsTrue,
                                   keep_number);
    }
    // ImGui gives the keyboard a frame or two after it was asked to.
    const bool never_focused = !ImGui::IsItemActive() && ImGui::GetFrameCount() > opened_at + 3;
    const bool left = ImGui::IsItemDeactivated() || never_focused;
    const bool dropped = key_pressed(ImGuiKey_Escape);
    outline(surface, entry.min, entry.max, surface.theme.blue, surface.px(6));
    ImGui::SetCursorScreenPos(cursor);

    if (!entered && !left) return false;
    open = false;
    owner = 0;
    if (dropped && !entered) return false;
    const auto typed = parsed_number(buffer);
    if (!typed) return false;
    const double next = std::clamp(*typed, entry.low, entry.high);
    const MetLimit met(entry.id);
    ImGui::GetStateStorage()->SetInt(met.which, *typed > next ? 1 : *typed < next ? -1 : 0);
    ImGui::GetStateStorage()->SetFloat(met.until, static_cast<float>(surface.now) + limit_seconds);
    const bool changed = next != value;
    value = next;
    return changed;
}

}  // namespace parts

std::optional<double> parsed_number(std::string_view typed) {
    std::string text(typed);
    for (char& c : text)
        if (c == ',') c = '.';
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    while (*end == ' ')
        ++end;
    if (end == text.c_str() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
    return value;
}

bool text_field(Surface& surface, const char* id, std::string& value, std::string_view tip,
                std::string* instead, bool selects) {
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = control_height(surface);
    bool changed = false;
    ImGui::PushID(id);
    {
        const NoSpacing no_spacing;
        const EntryStyle style(surface, height);
        ImGui::SetNextItemWidth(width);
        Field field{value, instead};
        // ImGui remembers caret and selection of the field that was typed into last.
        changed = ImGui::InputText(
            "##field", value.data(), value.capacity() + 1,
            ImGuiInputTextFlags_CallbackResize | ImGuiInputTextFlags_CallbackAlways |
                (selects ? ImGuiInputTextFlags_AutoSelectAll : ImGuiInputTextFlags_None),
            Field::call, &field);
    }
    const bool active = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    // A field that gets the keyboard next puts its caret behind it, instead of selecting it all.
    if (!active && instead && !instead->empty() && value != *instead) {
        value = *instead;
        changed = true;
    }
    ImGui::PopID();
    resting_tooltip(surface, hovered && !active, tip);
    const ImU32 edge = active    ? surface.theme.blue
                       : hovered ? surface.theme.faint
                                 : surface.theme.line;
    outline(surface, corner, {corner.x + width, corner.y + height}, edge, surface.px(6));
    ImGui::SetCursorScreenPos(corner);
    advance({width, height});
    return changed;
}

bool text_field_is_active(const char* id) {
    ImGui::PushID(id);
    const bool active = ImGui::GetActiveID() == ImGui::GetID("##field");
    ImGui::PopID();
    return active;
}

Entered small_entry(Surface& surface, const Entry& entry, std::string& value,
                    bool& wants_keyboard) {
    // What was typed stays as it is after Enter: ImGui would select it all with the keyboard.
    struct Typing {
        std::string& value;
        bool keep_caret;
        static int call(ImGuiInputTextCallbackData* data) {
            auto& typing = *static_cast<Typing*>(data->UserData);
            if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
                typing.value.resize(static_cast<size_t>(data->BufTextLen));
                data->Buf = typing.value.data();
            } else if (typing.keep_caret) {
                data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
            }
            return 0;
        }
    };
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = surface.px(entry.design_width), height = std::floor(surface.px(22));
    ImGui::PushID(entry.id);
    const ImGuiID goes_on = ImGui::GetID("goes on");
    ImGuiStorage* storage = ImGui::GetStateStorage();
    Typing typing{value, storage->GetBool(goes_on)};
    const std::string before = value;
    Entered result;
    const bool waits = wants_keyboard;
    if (waits) {
        ImGui::SetKeyboardFocusHere();
        surface.draw_again();
    }
    {
        const NoSpacing no_spacing;
        const EntryStyle style(surface, height);
        ImGui::SetNextItemWidth(width);
        result.enter = ImGui::InputText("##entry", value.data(), value.capacity() + 1,
                                        ImGuiInputTextFlags_CallbackResize |
                                            ImGuiInputTextFlags_CallbackAlways |
                                            ImGuiInputTextFlags_EnterReturnsTrue,
                                        Typing::call, &typing);
    }
    const bool active = ImGui::IsItemActive(), hovered = ImGui::IsItemHovered();
    result.escape = ImGui::IsItemDeactivated() && key_pressed(ImGuiKey_Escape);
    ImGui::PopID();
    if (active) {
        wants_keyboard = false;
        storage->SetBool(goes_on, false);
    }
    // Enter again, before ImGui has given the keyboard back.
    if (waits && !result.enter && key_pressed(ImGuiKey_Enter)) result.enter = true;
    if (result.enter) {
        wants_keyboard = true;
        storage->SetBool(goes_on, true);
    }
    // Escape gives the old text back: that is no wish of the person's.
    if (result.escape) value = before;
    result.changed = value != before;
    resting_tooltip(surface, hovered && !active, entry.tooltip);
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (value.empty())
        text(list, surface.fonts.text,
             {corner.x + surface.px(6), text_top(surface.fonts.text, corner.y, height)},
             surface.theme.faint, entry.hint);
    const ImU32 edge = active    ? surface.theme.blue
                       : hovered ? surface.theme.faint
                                 : surface.theme.line;
    outline(surface, corner, {corner.x + width, corner.y + height}, edge, surface.px(6));
    ImGui::SetCursorScreenPos(corner);
    return result;
}

bool stepper(Surface& surface, const char* id, std::string_view label, long& value, long low,
             long high, std::string_view tip, bool& released) {
    released = false;
    const Theme& theme = surface.theme;
    ImFont* face = surface.fonts.text;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = surface.px(24);
    const float side = surface.px(20), number_room = surface.px(56);
    const long before = value;

    ImGui::PushID(id);
    const ImGuiID typing = ImGui::GetID("typing");
    ImGuiStorage* storage = ImGui::GetStateStorage();
    text(list, face, {corner.x, text_top(face, corner.y, height)}, theme.muted, label);

    const float minus_left = corner.x + width - 2 * side - number_room;
    const auto end = [&](const char* name, float left, int direction) {
        ImGui::SetCursorScreenPos({left, corner.y + (height - side) / 2});
        const Hit item = hit(surface, name, {side, side}, tip);
        if (item.clicked) {
            value = std::clamp(value + direction, low, high);
            released = true;
        }
        const ImVec2 centre{std::floor((item.min.x + item.max.x) / 2),
                            std::floor((item.min.y + item.max.y) / 2)};
        outline(surface, item.min, item.max, item.hovered ? theme.faint : theme.line,
                surface.px(4));
        const float arm = surface.px(4), thin = stroke(surface);
        const ImU32 colour = item.hovered ? theme.text : theme.muted;
        list->AddRectFilled({centre.x - arm, centre.y}, {centre.x + arm + thin, centre.y + thin},
                            colour);
        if (direction > 0)
            list->AddRectFilled({centre.x, centre.y - arm},
                                {centre.x + thin, centre.y + arm + thin}, colour);
        focus_ring(surface, item, surface.px(4));
    };
    end("less", minus_left, -1);
    end("more", corner.x + width - side, 1);

    const ImVec2 min{minus_left + side + surface.px(4), corner.y + (height - side) / 2};
    const ImVec2 max{corner.x + width - side - surface.px(4), min.y + side};
    const NumberEntry entry{
        "##number", min, max, static_cast<double>(low), static_cast<double>(high), 0};
    if (!storage->GetBool(typing)) {
        say_met_limit(surface, entry);
        ImGui::SetCursorScreenPos(min);
        const Hit item = hit(surface, "value", {max.x - min.x, side}, tip);
        if (item.clicked) storage->SetBool(typing, true);
        const std::string shown_value = std::to_string(value);
        const float middle = (min.x + max.x + number_width(face, shown_value)) / 2;
        number(list, face, {std::round(middle), text_top(face, corner.y, height)},
               item.hovered ? theme.text : theme.amber, shown_value);
    } else {
        bool open = true;
        double typed = static_cast<double>(value);
        if (number_entry(surface, entry, open, typed)) value = std::lround(typed);
        if (!open) {
            storage->SetBool(typing, false);
            released = true;
        }
    }
    ImGui::PopID();
    ImGui::SetCursorScreenPos(corner);
    advance({width, height});
    return value != before;
}

bool has_keyboard() {
    return ImGui::GetIO().WantTextInput;
}

}  // namespace fovea::app::widgets
