#include "app/panels/lines_legend.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "app/panels/line_links.h"
#include "app/ui/colours.h"
#include "app/ui/theme.h"
#include "app/ui/widgets.h"

namespace fovea::app {
namespace {

// Told apart by people who see colours differently (after Okabe and Ito 2008), without amber, which
// means an edit. The chosen head is blue.
constexpr std::array strand_colours = {rgb(0x00a67d), rgb(0xcc79a7), rgb(0xe0603a), rgb(0x8f86e0),
                                       rgb(0xa3b13a), rgb(0xb9855f), rgb(0x6fa8a8), rgb(0xd25fc4)};

constexpr float square_side = 20, quiet_menu_height = 18;  // design pixels

void toggle(std::vector<HeadId>& heads, HeadId head) {
    const auto found = std::find(heads.begin(), heads.end(), head);
    if (found != heads.end()) {
        heads.erase(found);
    } else {
        heads.push_back(head);
    }
}

// A square for every head of the chosen layer, then for those chosen in other layers.
class Legend {
  public:
    Legend(Frame& frame, Area area) : frame_(frame), area_(area), at_(area.min) {}

    void draw() {
        const auto shown = shown_heads(frame_);
        const Index layer = frame_.view.selected.layer;
        label(fmt::format("Layer {}", layer));
        for (Index h = 0; h < frame_.heads(); ++h)
            square({layer, h}, shown);
        bool first = true;
        for (const HeadId head : shown) {
            if (head.layer == layer) continue;
            if (first) at_.x += frame_.px(12);
            first = false;
            label(fmt::format("Layer {}", head.layer));
            square(head, shown);
        }
    }

  private:
    void label(const std::string& text) {
        ImFont* font = frame_.fonts.small;
        widgets::text(ImGui::GetWindowDrawList(), font,
                      {at_.x, widgets::text_top(font, at_.y, side())}, frame_.theme.muted, text);
        at_.x += std::ceil(widgets::text_size(font, text).x) + frame_.px(8);
    }

    void square(HeadId head, const std::vector<HeadId>& shown) {
        if (at_.x + side() > area_.max.x) return;
        ImDrawList* list = ImGui::GetWindowDrawList();
        ImGui::SetCursorScreenPos(at_);
        const std::string id = fmt::format("square {} {}", head.layer, head.head);
        const auto hit = widgets::hit(frame_, id.c_str(), {side(), side()}, {});
        const bool on = std::find(shown.begin(), shown.end(), head) != shown.end();
        const ImU32 colour = strand_colour(frame_, head);
        if (on) {
            list->AddRectFilled(hit.min, hit.max, colour, frame_.px(3));
        } else {
            list->AddRectFilled(hit.min, hit.max, faded(colour, 0.16f), frame_.px(3));
        }
        const std::string number = fmt::format("{}", head.head);
        const ImVec2 size = widgets::text_size(frame_.fonts.small, number);
        widgets::text(list, frame_.fonts.small,
                      {std::floor(hit.min.x + (side() - size.x) / 2),
                       widgets::text_top(frame_.fonts.small, hit.min.y, side())},
                      on ? readable_on(colour) : frame_.theme.muted, number);
        if (hit.hovered) {
            frame_.view.hover.head = head;
            widgets::tooltip(frame_, head == frame_.view.selected
                                         ? head_title(head) + "\nthe chosen head"
                                         : head_title(head) +
                                               "\nclick: show or hide · "
                                               "double-click: choose");
            if (ImGui::IsMouseDoubleClicked(0)) frame_.view.selected = head;
        }
        if (hit.clicked && head != frame_.view.selected) toggle(frame_.view.line_heads, head);
        at_.x += side() + frame_.px(4);
    }

    float side() const { return std::floor(frame_.px(square_side)); }

    Frame& frame_;
    Area area_;
    ImVec2 at_;
};

// How many lines, and how light the lightest is: two quiet menus at the right end of the legend.
// Returns where they begin.
float draw_choices(Frame& frame, ImVec2 top_right) {
    float right = top_right.x;
    // Its words on the line of those beside the squares.
    const float top = std::ceil(top_right.y + frame.px((square_side - quiet_menu_height) / 2));
    const auto menu = [&](const char* id, int& chosen, std::span<const std::string_view> labels,
                          std::string_view tooltip) {
        const float width =
            widgets::choice_width(frame, labels[static_cast<size_t>(chosen)], {}, false);
        right -= width;
        ImGui::SetCursorScreenPos({std::floor(right), top});
        const bool changed = widgets::choice(frame, id, chosen, labels, tooltip, {}, false);
        right -= frame.px(16);
        return changed;
    };
    std::array<std::string_view, link_thresholds.size()> weights;
    std::array<std::string_view, link_counts.size()> counts;
    std::transform(link_thresholds.begin(), link_thresholds.end(), weights.begin(),
                   [](const auto& choice) { return choice.label; });
    std::transform(link_counts.begin(), link_counts.end(), counts.begin(),
                   [](const auto& choice) { return choice.label; });
    int weight = nearest_choice(link_thresholds, frame.view.link_threshold);
    if (menu("lightest line", weight, weights, "No line is lighter than this\nT"))
        frame.view.link_threshold = link_thresholds[static_cast<size_t>(weight)].value;
    int count = nearest_choice(link_counts, frame.view.links_per_token);
    if (menu("lines per token", count, counts,
             "The heaviest lines of each token; without a number,\nas many as can be told "
             "apart\nK"))
        frame.view.links_per_token = link_counts[static_cast<size_t>(count)].value;
    return right;
}

}  // namespace

ImU32 strand_colour(const Frame& frame, HeadId head) {
    if (head == frame.view.selected) return frame.theme.blue;
    return strand_colours[static_cast<size_t>(head.head + 3 * head.layer) % strand_colours.size()];
}

std::vector<HeadId> shown_heads(const Frame& frame) {
    std::vector<HeadId> heads = {frame.view.selected};
    for (const HeadId head : frame.view.line_heads) {
        if (head != frame.view.selected) heads.push_back(head);
    }
    return heads;
}

void lines_legend(Frame& frame, Area area) {
    const float choices = draw_choices(frame, {area.max.x, area.min.y});
    Legend(frame, {area.min, {choices, area.max.y}}).draw();
}

}  // namespace fovea::app
