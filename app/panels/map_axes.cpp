#include "app/panels/map_axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/panels/label_width.h"
#include "app/panels/panel_parts.h"
#include "app/panels/search.h"
#include "app/ui/widgets.h"
#include "engine/core/number_text.h"

namespace fovea::app {
namespace {

constexpr float turn = std::numbers::pi_v<float> / 3;  // 60 degrees
// Design pixels. Of a long sentence the map is what is short of room, and the label under the
// pointer is shown whole.
constexpr float widest_of_few = 92, widest_of_many = 60;
constexpr float label_gap = 8;

constexpr double row_spacing = 1.02;  // line heights from label to label
// Turned lines are nearer to one another than their feet.
const double key_spacing = 0.95 / std::sin(turn);

// The larger face where every token has room for its label in it.
ImFont* label_font(const Frame& frame, double cell, double lines) {
    ImFont* text = frame.fonts.text;
    return widgets::font_size(text) * lines <= cell ? text : frame.fonts.small;
}

// Tokens whose labels stand whatever the others do: the one pointed at, then those chosen.
std::vector<Index> pinned_labels(const Frame& frame, bool queries) {
    std::vector<Index> pinned;
    if (const auto hovered = queries ? frame.hovered.query : frame.hovered.key)
        pinned.push_back(*hovered);
    if (const auto sought = sought_token(frame, queries)) pinned.push_back(*sought);
    if (queries && frame.view.selected_query) pinned.push_back(*frame.view.selected_query);
    return pinned;
}

ImU32 label_colour(const Frame& frame, std::span<const Index> pinned, Index token) {
    const bool here = std::find(pinned.begin(), pinned.end(), token) != pinned.end();
    return here ? frame.theme.blue : frame.theme.muted;
}

// The label of the token under the pointer, where its place on the axis is too short for it: whole,
// over what is beside it.
void draw_whole_label(Frame& frame, ImFont* font, ImVec2 corner, const std::string& label) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 size = widgets::text_size(font, label), pad{frame.px(5), frame.px(2)};
    const ImVec2 window = ImGui::GetWindowPos();
    const float edge = window.x + ImGui::GetWindowWidth() - frame.px(8);
    const float most = edge - window.x - frame.px(8);
    const float width = std::min(size.x, most);
    const float left = std::floor(std::clamp(corner.x, window.x + frame.px(8), edge - width));
    list->AddRectFilled({left - pad.x, corner.y - pad.y},
                        {left + width + pad.x, corner.y + size.y + pad.y}, frame.theme.raised,
                        frame.px(4));
    token_text(list, font, {left, corner.y}, std::ceil(width) + 1, frame.theme.blue, label);
}

void draw_query_labels(Frame& frame, const MapWindow& window, const AxisRoom& room,
                       const PaintedBlocks& painted) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = label_font(frame, window.cell_height(), row_spacing);
    const float height = widgets::font_size(font);
    const MapRegion region = window.region();
    const auto pinned = pinned_labels(frame, true);
    const float edge = window.origin.x - frame.px(label_gap), right = edge - room.numbers;
    std::optional<Index> cut;
    for (const Index query : thinned_labels(region.query_begin, region.query_end,
                                            window.cell_height(), height * row_spacing, pinned)) {
        const double middle = window.y_of(static_cast<double>(query) + 0.5);
        if (middle < window.origin.y || middle > window.end().y) continue;
        const ImU32 colour = label_colour(frame, pinned, query);
        const std::string& label = frame.query_labels()[static_cast<size_t>(query)];
        const float wanted = widgets::text_size(font, label).x;
        const float width = std::min(wanted, room.label_left);
        const float top = std::floor(static_cast<float>(middle) - height / 2);
        if (frame.hovered.query == query && wanted > room.label_left) cut = query;
        token_text(list, font, {std::floor(right - width), top}, std::ceil(width) + 1, colour,
                   label);
        if (room.numbers > 0)
            widgets::number(
                list, frame.fonts.small, {edge, widgets::text_top(frame.fonts.small, top, height)},
                colour == frame.theme.blue ? colour : frame.theme.faint, fmt::format("{}", query));
        if (painted.hides_query(query)) {
            const float line = std::max(1.0f, std::floor(1.5f * frame.scale));
            const float y = std::floor(top + height);
            list->AddRectFilled({right - width, y}, {right, y + line}, frame.theme.amber);
        }
    }
    if (!cut) return;
    const std::string& label = frame.query_labels()[static_cast<size_t>(*cut)];
    const auto middle = static_cast<float>(window.y_of(static_cast<double>(*cut) + 0.5));
    draw_whole_label(frame, font,
                     {right - widgets::text_size(font, label).x, std::floor(middle - height / 2)},
                     label);
}

void draw_key_labels(Frame& frame, const MapWindow& window, const AxisRoom& room,
                     const PaintedBlocks& painted) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImFont* font = label_font(frame, window.cell_width(), key_spacing);
    const MapRegion region = window.region();
    const auto pinned = pinned_labels(frame, false);
    const double spacing = widgets::font_size(font) * key_spacing;
    const float foot = window.origin.y - frame.px(label_gap);
    std::optional<Index> cut;
    for (const Index key :
         thinned_labels(region.key_begin, region.key_end, window.cell_width(), spacing, pinned)) {
        const double middle = window.x_of(static_cast<double>(key) + 0.5);
        if (middle < window.origin.x || middle > window.end().x) continue;
        const std::string& label = frame.key_labels()[static_cast<size_t>(key)];
        TurnedText how;
        how.font = font;
        how.angle = turn;
        how.position = {static_cast<float>(middle) - frame.px(1), foot};
        how.width = room.label_top;
        how.colour = label_colour(frame, pinned, key);
        if (frame.hovered.key == key && widgets::text_size(font, label).x > room.label_top)
            cut = key;
        if (room.numbers > 0) {
            TurnedText number = how;
            number.font = frame.fonts.small;
            number.width = room.numbers;
            if (how.colour != frame.theme.blue) number.colour = frame.theme.faint;
            turned_text(list, number, fmt::format("{}", key));
            how.position.x += room.numbers * std::cos(turn);
            how.position.y -= room.numbers * std::sin(turn);
        }
        turned_text(list, how, label);
    }
    if (cut) {
        const std::string& label = frame.key_labels()[static_cast<size_t>(*cut)];
        const auto middle = static_cast<float>(window.x_of(static_cast<double>(*cut) + 0.5));
        const ImVec2 size = widgets::text_size(font, label);
        draw_whole_label(frame, font, {middle - size.x / 2, std::floor(foot - size.y)}, label);
    }
    // A hidden key is marked however thin the labels are.
    const float thickness = std::max(1.0f, std::floor(2 * frame.scale));
    for (const Index key : painted.keys) {
        if (key < region.key_begin || key >= region.key_end) continue;
        const auto box = window.box({region.query_begin, region.query_end, key, key + 1});
        const float left = std::max(box.min.x + 1, window.origin.x);
        const float right = std::min(box.max.x - 2, window.end().x);
        const float y = window.origin.y - frame.px(4);
        if (right > left) list->AddRectFilled({left, y}, {right, y + thickness}, frame.theme.amber);
    }
}

// The token whose label the pointer is on.
void find_hovered_label(Frame& frame, const MapWindow& window, const AxisRoom& room) {
    if (!ImGui::IsWindowHovered()) return;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const ImVec2 end = window.end();
    if (mouse.x >= window.origin.x - room.left && mouse.x < window.origin.x &&
        mouse.y >= window.origin.y && mouse.y < end.y) {
        frame.view.hover.query = window.nearest_cell({window.origin.x, mouse.y}).query;
    }
    if (mouse.y >= window.origin.y - room.top && mouse.y < window.origin.y) {
        // Along the turned label down to its foot.
        const float foot = mouse.x - (window.origin.y - mouse.y) / std::tan(turn);
        if (foot >= window.origin.x && foot < end.x)
            frame.view.hover.key = window.nearest_cell({foot, window.origin.y}).key;
    }
}

}  // namespace

namespace {

float label_room(const Frame& frame, bool queries) {
    const bool many = std::max(frame.queries(), frame.keys()) > numbered_from;
    return std::ceil(std::clamp(widest_label(frame, queries), frame.px(24),
                                frame.px(many ? widest_of_many : widest_of_few)));
}

}  // namespace

AxisRoom axis_room(const Frame& frame) {
    AxisRoom room;
    room.label_left = label_room(frame, true);
    const Index longest = std::max(frame.queries(), frame.keys());
    if (longest > numbered_from)
        room.numbers = std::ceil(
            widgets::number_width(frame.fonts.small, fmt::format("{}", longest - 1)) + frame.px(7));
    room.left = room.label_left + room.numbers + frame.px(label_gap + 24);
    const float above = frame.one_sentence() ? room.label_left : label_room(frame, false);
    room.top = std::ceil((above + room.numbers) * std::sin(turn)) + frame.px(36);
    room.label_top = (room.top - frame.px(26)) / std::sin(turn) - room.numbers;
    return room;
}

void draw_axes(Frame& frame, const MapWindow& window, const AxisRoom& room,
               const PaintedBlocks& painted) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    find_hovered_label(frame, window, room);
    draw_query_labels(frame, window, room, painted);
    draw_key_labels(frame, window, room, painted);
    draw_axis_marks(frame, window, frame.px(label_gap - 2));
    widgets::text(list, frame.fonts.small,
                  {window.origin.x, std::floor(window.origin.y - room.top)}, frame.theme.faint,
                  frame.one_sentence() ? "keys →" : "source keys →");
    TurnedText queries;
    queries.font = frame.fonts.small;
    queries.angle = std::numbers::pi_v<float> / 2;
    queries.width = frame.px(120);
    queries.colour = frame.theme.faint;
    const std::string_view words = frame.one_sentence() ? "← queries" : "← target queries";
    queries.position = {
        std::floor(window.origin.x - room.left + frame.px(6)),
        std::floor(window.origin.y + widgets::text_size(frame.fonts.small, words).x)};
    turned_text(list, queries, words);
}

void token_text(ImDrawList* list, ImFont* font, ImVec2 position, float width, ImU32 colour,
                std::string_view label) {
    constexpr std::string_view space = "␣";
    while (label.starts_with(space) && label.size() > space.size()) {
        const float taken = widgets::text_size(font, space).x;
        if (taken >= width) break;
        widgets::text(list, font, position, faded(colour, 0.45f), space);
        position.x += taken;
        width -= taken;
        label.remove_prefix(space.size());
    }
    widgets::clipped_text(list, font, position, width, colour, label);
}

void turned_text(ImDrawList* list, const TurnedText& how, std::string_view text) {
    // Letters outside of the clip rectangle are left out before they are turned: write where it is
    // safe, then move.
    const ImVec2 safe = ImGui::GetMainViewport()->Pos;
    list->PushClipRectFullScreen();
    const int begin = list->VtxBuffer.Size;
    token_text(list, how.font, safe, how.width, how.colour, text);
    const float middle = widgets::font_size(how.font) / 2;
    const float cosine = std::cos(how.angle), sine = std::sin(how.angle);
    for (int i = begin; i < list->VtxBuffer.Size; ++i) {
        ImVec2& corner = list->VtxBuffer[i].pos;
        const float x = corner.x - safe.x, y = corner.y - safe.y - middle;
        corner = {how.position.x + x * cosine + y * sine, how.position.y - x * sine + y * cosine};
    }
    list->PopClipRect();
}

namespace {

// As many decimals as tell one end of a linear scale from the other in a thousand steps.
std::string tick_label(float value, float range) {
    if (!std::isfinite(value) || !(range > 0)) return short_number(value);
    const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(range))), 0, 9);
    if (decimals > 6) return short_number(value);
    const std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
    if (digits.find_first_not_of("0.") == std::string::npos) return "0";
    return fmt::format("{}{}", value < 0 ? "−" : "", digits);
}

}  // namespace

std::string short_number(float value) {
    if (value == 0) return "0";
    if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "∞" : "−∞";
    const float size = std::abs(value);
    const std::string digits = size >= 100      ? fmt::format("{:.0f}", size)
                               : size >= 10     ? fmt::format("{:.1f}", size)
                               : size >= 1      ? fmt::format("{:.2f}", size)
                               : size >= 0.0005 ? fmt::format("{:.3f}", size)
                                                : power_of_ten(size);
    return fmt::format("{}{}", value < 0 ? "−" : "", digits);
}

void draw_colour_bar(Frame& frame, ImVec2 corner, float height, const ColourScale& scale) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float width = std::floor(frame.px(12));
    constexpr int steps = 64;
    for (int i = 0; i < steps; ++i) {
        const float position = 1 - (static_cast<float>(i) + 0.5f) / steps;
        const float top = std::round(corner.y + height * static_cast<float>(i) / steps);
        const float bottom = std::round(corner.y + height * static_cast<float>(i + 1) / steps);
        list->AddRectFilled({corner.x, top}, {corner.x + width, bottom},
                            colour_of(scale, value_on_scale(scale, position)));
    }
    constexpr int ticks = 4;
    const int shown = scale.logarithmic ? ticks : 2;
    ImFont* font = frame.fonts.small;
    for (int i = 0; i <= shown; ++i) {
        const float position = static_cast<float>(i) / static_cast<float>(shown);
        const float y = std::round(corner.y + height * (1 - position));
        const float line_height = widgets::font_size(font);
        const float top = std::clamp(y - line_height / 2, corner.y - line_height * 0.2f,
                                     corner.y + height - line_height * 0.8f);
        const float value = value_on_scale(scale, position);
        const bool plain = value != 0 && !scale.fitted && !scale.logarithmic;
        const std::string label =
            fmt::format("{}{}", scale.diverging && value > 0 ? "+" : "",
                        plain               ? fmt::format("{:.1f}", value)
                        : scale.logarithmic ? short_number(value)
                                            : tick_label(value, scale.high - scale.low));
        widgets::text(list, font, {corner.x + width + frame.px(6), std::floor(top)},
                      frame.theme.muted, label);
    }
}

}  // namespace fovea::app
