#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/panels/line_links.h"
#include "app/panels/list.h"
#include "app/panels/matrix_view.h"
#include "app/render/head_textures.h"
#include "app/render/widgets.h"

namespace fovea::app {
namespace {

// One head of the picture in its own colour.
struct Strand {
    HeadId head;
    ImU32 colour;
    std::shared_ptr<const CellGrid> weights;  // of the queries in view
};

// Told apart by people who see colours differently (after Okabe and Ito 2008), without amber, which
// means an edit. The chosen head is blue.
constexpr std::array strand_colours = {rgb(0x00a67d), rgb(0xcc79a7), rgb(0xe0603a), rgb(0x8f86e0),
                                       rgb(0xa3b13a), rgb(0xb9855f), rgb(0x6fa8a8), rgb(0xd25fc4)};

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
                      on ? text_colour_on(colour) : frame_.theme.muted, number);
        if (hit.hovered) {
            frame_.view.hover.head = head;
            widgets::tooltip(frame_, head == frame_.view.selected
                                         ? head_label(head) + "\nthe chosen head"
                                         : head_label(head) +
                                               "\nclick: show or hide · "
                                               "double-click: choose");
            if (ImGui::IsMouseDoubleClicked(0)) frame_.view.selected = head;
        }
        if (hit.clicked && head != frame_.view.selected) toggle(frame_.view.line_heads, head);
        at_.x += side() + frame_.px(4);
    }

    float side() const { return std::floor(frame_.px(20)); }

    Frame& frame_;
    Area area_;
    ImVec2 at_;
};

// The two columns of tokens and what lies between them.
class LinesPicture {
  public:
    LinesPicture(Frame& frame, Area area)
        : frame_(frame), area_(area), queries_(frame.queries()), keys_(frame.keys()) {
        const float fitting = area.height() / static_cast<float>(rows());
        row_ = std::floor(std::clamp(fitting, frame.px(17), frame.px(28)));
        float widest = frame.px(30);
        for (const auto* labels : {&frame.query_labels(), &frame.key_labels()})
            for (const std::string& label : *labels)
                widest = std::max(widest, widgets::text_size(frame.fonts.text, label).x);
        box_ = std::min(std::ceil(widest), frame.px(120)) + frame.px(16);
        const float between = std::min(area.width() - 2 * box_ - frame.px(64), frame.px(460));
        left_ = std::floor(area.min.x + (area.width() - between) / 2);
        right_ = std::floor(left_ + std::max(between, frame.px(60)));
    }

    float height() const { return row_ * static_cast<float>(rows()); }

    // `top` is where the first token stands; it may be far above the area.
    void draw(float top) {
        top_ = top;
        first_ = std::clamp<Index>(static_cast<Index>((area_.min.y - top) / row_), 0, rows());
        last_ = std::clamp<Index>(static_cast<Index>((area_.max.y - top) / row_) + 1, 0, rows());
        take_mouse();
        find_focus();
        const auto heads = shown_heads(frame_);
        for (const HeadId head : heads)
            add_strand(head, static_cast<Index>(heads.size()));
        draw_lines();
        draw_tokens();
    }

    // What the two columns are, above them.
    void draw_headings(float top) {
        ImDrawList* list = ImGui::GetWindowDrawList();
        ImFont* font = frame_.fonts.small;
        widgets::text_right(list, font, {left_ - frame_.px(8), top}, frame_.theme.faint,
                            frame_.one_sentence() ? "queries" : "target queries");
        widgets::text(list, font, {right_ + frame_.px(8), top}, frame_.theme.faint,
                      frame_.one_sentence() ? "keys" : "source keys");
    }

  private:
    Index rows() const { return std::max(queries_, keys_); }
    float middle(Index token) const { return top_ + row_ * (static_cast<float>(token) + 0.5f); }

    void take_mouse() {
        if (!ImGui::IsWindowHovered()) return;
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        if (mouse.y < area_.min.y || mouse.y >= area_.max.y || mouse.y < top_) return;
        const auto token = static_cast<Index>((mouse.y - top_) / row_);
        const float reach = frame_.px(24);  // tokens are easier to hit than to read
        if (mouse.x >= left_ - box_ && mouse.x < left_ + reach && token < queries_) {
            frame_.view.hover.query = token;
            if (ImGui::IsMouseClicked(0)) frame_.view.selected_query = token;
        } else if (mouse.x > right_ - reach && mouse.x <= right_ + box_ && token < keys_) {
            frame_.view.hover.key = token;
        }
    }

    // A token under the pointer decides; without one, the chosen token stays as it was: all lines.
    void find_focus() {
        query_ = frame_.hovered.query;
        key_ = frame_.hovered.key;
        if (query_ && *query_ >= queries_) query_.reset();
        if (key_ && *key_ >= keys_) key_.reset();
    }

    void add_strand(HeadId head, Index strands) {
        const auto layer = layer_of(frame_.trace, head.layer);
        if (!layer) return;
        MapPicture picture;
        picture.layer = layer;
        picture.head = head.head;
        // Small maps are made once; of large ones only the rows in view.
        constexpr Index whole_limit = 512;
        picture.region = whole_map(*layer);
        if (rows() > whole_limit) {
            picture.region.query_begin = std::min(first_, queries_);
            picture.region.query_end = std::min(last_, queries_);
        }
        if (picture.region.rows() <= 0) return;
        strands_.push_back({head, strand_colour(frame_, head),
                            frame_.textures.maps().cells(picture, picture.region.rows(),
                                                         picture.region.columns())});
        strand_count_ = strands;
    }

    void draw_lines() {
        ImDrawList* list = ImGui::GetWindowDrawList();
        list->PushClipRect(area_.min, area_.max, true);
        LinkChoice choice;
        choice.query = query_;
        choice.key = key_;
        const bool focused = query_ || key_;
        choice.threshold = focused ? 0.004f : rows() > 64 ? 0.04f : 0.02f;
        constexpr Index line_budget = 1200;
        const Index budget = line_budget / std::max<Index>(1, strand_count_ * (last_ - first_));
        choice.most = focused ? keys_ : std::clamp<Index>(budget, 3, 64);
        const float thickness = frame_.px(1.4f);
        for (const Strand& strand : strands_) {
            for (const Link& link : strongest_links(*strand.weights, choice)) {
                const float from = middle(link.query), to = middle(link.key);
                if (std::max(from, to) < area_.min.y || std::min(from, to) > area_.max.y) continue;
                // Lines of queries out of sight would only be a haze across those in sight.
                if (!focused && (link.query < first_ || link.query >= last_)) continue;
                // Weights near zero would vanish on the way to eight bits.
                const float opacity = std::clamp(link.weight * 1.1f + 0.03f, 0.0f, 1.0f);
                list->AddLine({left_, from}, {right_, to}, faded(strand.colour, opacity),
                              focused ? thickness * 1.4f : thickness);
            }
        }
        list->PopClipRect();
    }

    // A box shaded by the weight of every head, side by side.
    void draw_shade(ImVec2 min, ImVec2 max, Index query, Index key) {
        ImDrawList* list = ImGui::GetWindowDrawList();
        const auto count = static_cast<float>(strands_.size());
        for (size_t s = 0; s < strands_.size(); ++s) {
            const CellGrid& grid = *strands_[s].weights;
            const Index row = query - grid.region.query_begin;
            if (row < 0 || row >= grid.region.rows()) continue;
            const float weight = grid.values.at(row, key);
            if (!(weight > 0)) continue;
            const float begin = min.x + (max.x - min.x) * static_cast<float>(s) / count;
            const float end = min.x + (max.x - min.x) * static_cast<float>(s + 1) / count;
            list->AddRectFilled({begin, min.y}, {end, max.y},
                                faded(strands_[s].colour, std::min(1.0f, weight)));
        }
    }

    void draw_tokens() {
        ImDrawList* list = ImGui::GetWindowDrawList();
        ImFont* font = row_ < frame_.px(19) ? frame_.fonts.small : frame_.fonts.text;
        list->PushClipRect(area_.min, area_.max, true);
        const float inset = frame_.px(8);
        for (Index token = first_; token < last_; ++token) {
            const float above = std::floor(top_ + row_ * static_cast<float>(token));
            const float below = above + row_ - 1;
            const float text_top = widgets::text_top(font, above, row_);
            const auto room = [&](const std::string& label) {
                return std::min(widgets::text_size(font, label).x, box_ - 2 * inset);
            };
            if (token < queries_) {
                const std::string& label = frame_.query_labels()[static_cast<size_t>(token)];
                if (key_ && !query_)
                    draw_shade({left_ - box_, above}, {left_, below}, token, *key_);
                const bool here = query_ == token || frame_.view.selected_query == token;
                const float width = room(label);
                widgets::clipped_text(list, font, {std::floor(left_ - inset - width), text_top},
                                      std::ceil(width) + 1,
                                      here ? frame_.theme.blue : frame_.theme.text, label);
                if (query_ == token) frame_box({left_ - box_, above}, {left_, below});
            }
            if (token < keys_) {
                const std::string& label = frame_.key_labels()[static_cast<size_t>(token)];
                if (query_ && !key_)
                    draw_shade({right_, above}, {right_ + box_, below}, *query_, token);
                widgets::clipped_text(list, font, {right_ + inset, text_top},
                                      std::ceil(room(label)) + 1,
                                      key_ == token ? frame_.theme.blue : frame_.theme.text, label);
                if (key_ == token) frame_box({right_, above}, {right_ + box_, below});
            }
        }
        list->PopClipRect();
    }

    void frame_box(ImVec2 min, ImVec2 max) {
        ImGui::GetWindowDrawList()->AddRect(min, max, frame_.theme.blue, frame_.px(3), 0,
                                            std::max(1.0f, std::floor(frame_.scale)));
    }

    Frame& frame_;
    Area area_;
    Index queries_, keys_;
    float row_ = 0, box_ = 0;     // pixels: height of a token, width of its box
    float left_ = 0, right_ = 0;  // between these the lines
    float top_ = 0;               // of the first token
    Index first_ = 0, last_ = 0;  // rows in view
    std::optional<Index> query_, key_;
    std::vector<Strand> strands_;
    Index strand_count_ = 0;
};

void draw(Frame& frame) {
    Area area = view_bar(frame);
    if (frame.trace == nullptr) return notice(frame, area, frame.error.empty() ? "Reading…" : "");
    const float margin = std::floor(frame.px(16));
    Legend(frame, {{area.min.x + margin, area.min.y + frame.px(10)},
                   {area.max.x - margin, area.min.y + frame.px(30)}})
        .draw();
    const float headings = area.min.y + std::floor(frame.px(44));
    const Area body{{area.min.x, headings + std::floor(frame.px(20))}, {area.max.x, area.max.y}};
    if (body.height() < frame.px(40)) return;

    ImGui::SetCursorScreenPos(body.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild("sentence twice", {body.width(), body.height()}, false);
    const ImVec2 start = ImGui::GetCursorScreenPos();
    LinesPicture picture(frame, {body.min, {body.max.x, body.max.y - frame.px(8)}});
    const float spare = body.height() - frame.px(8) - picture.height();
    picture.draw(std::floor(start.y + std::max(0.0f, std::min(spare, frame.px(8)))));
    ImGui::SetCursorScreenPos(start);
    ImGui::Dummy({1, std::ceil(picture.height() + frame.px(16))});
    ImGui::EndChild();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    picture.draw_headings(headings);
}

}  // namespace

Panel lines_panel() {
    return {"lines", "", Place::middle, MiddleView::lines, draw};
}

}  // namespace fovea::app
