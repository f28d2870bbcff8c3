#include <cfloat>
#include <cmath>

#include "app/ui/widgets.h"
#include "engine/core/utf8.h"

namespace fovea::app::widgets {

namespace {

const char* begin_of(std::string_view text) {
    return text.data();
}
const char* end_of(std::string_view text) {
    return text.data() + text.size();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

float digit_width(ImFont* font) {
    static constexpr std::string_view digits = "0123456789";
    float widest = 0;
    for (size_t i = 0; i < digits.size(); ++i)
        widest = std::max(widest, text_size(font, digits.substr(i, 1)).x);
    return widest;
}

bool has_ellipsis(ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
    return font->IsGlyphInFont(0x2026);
#else
    return font->FindGlyphNoFallback(0x2026) != nullptr;
#endif
}

}  // namespace

float font_size(const ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
    return font->LegacySize;
#else
    return font->FontSize;
#endif
}

float text_top(const ImFont* font, float top, float height) {
    return std::floor(top + (height - font_size(font)) / 2);
}

ImVec2 text_size(ImFont* font, std::string_view text) {
    if (text.empty()) return {0, font_size(font)};
    return font->CalcTextSizeA(font_size(font), FLT_MAX, 0, begin_of(text), end_of(text));
}

void text(ImDrawList* list, ImFont* font, ImVec2 position, ImU32 colour, std::string_view text) {
    if (text.empty()) return;
    list->AddText(font, font_size(font), position, colour, begin_of(text), end_of(text));
}

void text_right(ImDrawList* list, ImFont* font, ImVec2 top_right, ImU32 colour,
                std::string_view string) {
    const float left = std::floor(top_right.x - text_size(font, string).x);
    text(list, font, {left, top_right.y}, colour, string);
}

void clipped_text(ImDrawList* list, ImFont* font, ImVec2 position, float width, ImU32 colour,
                  std::string_view string) {
    if (string.empty() || width <= 0) return;
    if (text_size(font, string).x <= width) {
        text(list, font, position, colour, string);
        return;
    }
    const std::string_view ellipsis = has_ellipsis(font) ? "…" : "...";
    const float room = width - text_size(font, ellipsis).x;
    // The longest run of whole characters that fits; ImGui's own cut stops at any byte that fits.
    size_t kept = 0;
    for (float used = 0; kept < string.size();) {
        const size_t length = fovea::text::next_character(string, kept) - kept;
        used += text_size(font, string.substr(kept, length)).x;
        if (used > room) break;
        kept += length;
    }
    text(list, font, position, colour, string.substr(0, kept));
    const float drawn = text_size(font, string.substr(0, kept)).x;
    if (drawn + text_size(font, ellipsis).x <= width)
        text(list, font, {position.x + drawn, position.y}, colour, ellipsis);
}

float number_width(ImFont* font, std::string_view string) {
    const float digit = digit_width(font);
    float width = 0;
    for (size_t i = 0; i < string.size();) {
        const size_t length = fovea::text::next_character(string, i) - i;
        width += is_digit(string[i]) ? digit : text_size(font, string.substr(i, length)).x;
        i += length;
    }
    return width;
}

void number(ImDrawList* list, ImFont* font, ImVec2 top_right, ImU32 colour,
            std::string_view string) {
    const float digit = digit_width(font);
    float x = top_right.x - number_width(font, string);
    for (size_t i = 0; i < string.size();) {
        const size_t length = fovea::text::next_character(string, i) - i;
        const std::string_view character = string.substr(i, length);
        const float own = text_size(font, character).x;
        const float cell = is_digit(string[i]) ? digit : own;
        text(list, font, {std::round(x + (cell - own) / 2), top_right.y}, colour, character);
        x += cell;
        i += length;
    }
}

float spaced_capitals(ImDrawList* list, ImFont* font, ImVec2 position, float spacing, ImU32 colour,
                      std::string_view string) {
    float x = position.x;
    for (size_t i = 0; i < string.size();) {
        const size_t length = fovea::text::next_character(string, i) - i;
        std::string_view character = string.substr(i, length);
        char capital;
        if (length == 1 && character[0] >= 'a' && character[0] <= 'z') {
            capital = static_cast<char>(character[0] - 'a' + 'A');
            character = {&capital, 1};
        }
        text(list, font, {std::round(x), position.y}, colour, character);
        x += text_size(font, character).x + spacing;
        i += length;
    }
    return x - position.x;
}

void cross(ImDrawList* list, ImVec2 centre, float arm, float stroke, ImU32 colour) {
    list->AddLine({centre.x - arm, centre.y - arm}, {centre.x + arm, centre.y + arm}, colour,
                  stroke);
    list->AddLine({centre.x - arm, centre.y + arm}, {centre.x + arm, centre.y - arm}, colour,
                  stroke);
}

void menu_mark(ImDrawList* list, ImVec2 centre, float scale, ImU32 colour) {
    const float half = 3 * scale, depth = 2 * scale;
    list->AddTriangleFilled({centre.x - half, centre.y - depth},
                            {centre.x + half, centre.y - depth}, {centre.x, centre.y + depth},
                            colour);
}

namespace {

// As many whole words as fit, and the space behind them; a longer word alone.
std::string_view first_words(ImFont* font, std::string_view text, float widest) {
    const auto fits = [&](std::string_view part) {
        return font->CalcTextSizeA(font_size(font), FLT_MAX, 0, begin_of(part), end_of(part)).x <=
               widest;
    };
    if (fits(text)) return text;
    size_t last = text.find(' ');
    for (size_t next = last; next != std::string_view::npos && fits(text.substr(0, next));
         next = text.find(' ', next + 1))
        last = next;
    return last == std::string_view::npos ? text : text.substr(0, last + 1);
}

}  // namespace

void tooltip(Surface& surface, std::string_view lines) {
    if (lines.empty()) return;
    const Theme& theme = surface.theme;
    const float padding = surface.px(10), line_height = surface.px(18), widest = surface.px(360);

    struct Line {
        std::string_view text;
        ImFont* font;
        ImU32 colour;
        ImVec2 size;
    };
    std::vector<Line> rows;
    ImVec2 size{0, 0};
    for (size_t start = 0; start <= lines.size();) {
        const size_t end = std::min(lines.find('\n', start), lines.size());
        std::string_view rest = lines.substr(start, end - start);
        ImFont* font = start == 0 ? surface.fonts.strong : surface.fonts.text;
        const ImU32 colour = start == 0 ? theme.text : theme.muted;
        do {
            // Dear ImGui would break a line at the point of a number.
            Line row{first_words(font, rest, widest), font, colour, {0, 0}};
            rest.remove_prefix(row.text.size());
            while (row.text.ends_with(' '))
                row.text.remove_suffix(1);
            if (!row.text.empty())
                row.size = font->CalcTextSizeA(font_size(font), FLT_MAX, widest, begin_of(row.text),
                                               end_of(row.text));
            row.size.y = std::max(line_height, row.size.y + line_height - font_size(font));
            size.x = std::max(size.x, row.size.x);
            size.y += row.size.y;
            rows.push_back(row);
        } while (!rest.empty());
        start = end + 1;
    }
    size = {std::ceil(size.x + 2 * padding), std::ceil(size.y + padding * 1.4f)};

    const ImVec2 screen = ImGui::GetIO().DisplaySize;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    ImVec2 corner{std::floor(mouse.x + surface.px(16)), std::floor(mouse.y + surface.px(18))};
    const float margin = surface.px(6);
    if (corner.x + size.x > screen.x - margin)
        corner.x = std::floor(std::max(margin, screen.x - margin - size.x));
    if (corner.y + size.y > screen.y - margin)
        corner.y = std::floor(std::max(margin, mouse.y - size.y - surface.px(8)));
    const ImVec2 opposite{corner.x + size.x, corner.y + size.y};

    ImDrawList* list = ImGui::GetForegroundDrawList();
    const float rounding = surface.px(6);
    list->AddRectFilled(corner, opposite, theme.is_dark ? theme.raised : theme.panel, rounding);
    list->AddRect(corner, opposite, theme.line, rounding, 0, std::max(1.0f, surface.px(1)));
    float y = corner.y + padding * 0.7f;
    for (const Line& row : rows) {
        if (!row.text.empty())
            list->AddText(
                row.font, font_size(row.font),
                {corner.x + padding, std::floor(y + (line_height - font_size(row.font)) / 2)},
                row.colour, begin_of(row.text), end_of(row.text), widest);
        y += row.size.y;
    }
}

}  // namespace fovea::app::widgets
