#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/maps/head_textures.h"
#include "app/panels/label_width.h"
#include "app/panels/line_links.h"
#include "app/panels/lines_legend.h"
#include "app/panels/link_rows.h"
#include "app/panels/matrix_view.h"
#include "app/panels/panel_parts.h"
#include "app/panels/search.h"
#include "app/ui/widgets.h"
#include "app/views/list.h"

namespace fovea::app {
namespace {

// One head of the picture in its own colour.
struct Strand {
    HeadId head;
    ImU32 colour;
    std::shared_ptr<const LayerTrace> layer;
    /// Of the token pointed at: [keys] of a query, [queries] of a key; null without one.
    std::shared_ptr<const Tensor> focus;
};

// The two columns of tokens and what lies between them.
class LinesPicture {
  public:
    LinesPicture(Frame& frame, Area area)
        : frame_(frame),
          links_(frame.cache->of<LinkRows>()),
          area_(area),
          queries_(frame.queries()),
          keys_(frame.keys()) {
        const float fitting = area.height() / static_cast<float>(rows());
        row_ = std::floor(std::clamp(fitting, frame.px(17), frame.px(28)));
        const float widest =
            std::max({frame.px(30), widest_label(frame, true), widest_label(frame, false)});
        if (rows() > numbered_from)
            numbers_ =
                std::ceil(widgets::number_width(frame.fonts.small, fmt::format("{}", rows() - 1)) +
                          frame.px(8));
        box_ = std::min(std::ceil(widest), frame.px(120)) + frame.px(16) + numbers_;
        const float between = std::min(area.width() - 2 * box_ - frame.px(64), frame.px(460));
        left_ = std::floor(area.min.x + (area.width() - between) / 2);
        right_ = std::floor(left_ + std::max(between, frame.px(60)));
    }

    float height() const { return row_ * static_cast<float>(rows()); }
    float row_top(Index token) const { return row_ * static_cast<float>(token); }
    float row_height() const { return row_; }

    // `top` is where the first token stands; it may be far above the area.
    void draw(float top) {
        top_ = top;
        first_ = std::clamp<Index>(static_cast<Index>((area_.min.y - top) / row_), 0, rows());
        last_ = std::clamp<Index>(static_cast<Index>((area_.max.y - top) / row_) + 1, 0, rows());
        take_mouse();
        find_focus();
        for (const HeadId head : shown_heads(frame_))
            add_strand(head);
        if (!query_ && !key_) make_links();
        draw_lines();
        draw_tokens();
        if (numbers_ > 0 && pointed_at_ && !strands_.empty()) tell_heaviest();
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
            pointed_at_ = true;
            frame_.view.hover.query = token;
            if (ImGui::IsMouseClicked(0)) frame_.view.selected_query = token;
        } else if (mouse.x > right_ - reach && mouse.x <= right_ + box_ && token < keys_) {
            pointed_at_ = true;
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

    void add_strand(HeadId head) {
        Strand strand{head, strand_colour(frame_, head), layer_of(frame_.trace, head.layer), {}};
        if (!strand.layer) return;
        if (query_)
            strand.focus = links_.row(strand.layer, head.head, *query_);
        else if (key_)
            strand.focus = links_.column(strand.layer, head.head, *key_);
        strands_.push_back(std::move(strand));
    }

    // The links of the queries in view, as many as a frame has time for; the others come in the
    // next ones.
    void make_links() {
        using Clock = std::chrono::steady_clock;
        const auto due = Clock::now() + std::chrono::milliseconds(6);
        links_.keep(strands_.size());
        for (const Strand& strand : strands_)
            while (links_.make_one(strand.layer, strand.head.head, first_, last_))
                if (Clock::now() >= due) return frame_.draw_again();
    }

    // How many lines a token has: as chosen, or as many as can be told apart.
    Index links_per_token() const {
        if (frame_.view.links_per_token > 0) return frame_.view.links_per_token;
        constexpr Index line_budget = 1200;
        const auto strands = std::max<Index>(1, static_cast<Index>(strands_.size()));
        const Index budget = line_budget / std::max<Index>(1, strands * (last_ - first_));
        return std::clamp<Index>(budget, 3, LinkRows::most);
    }

    void draw_lines() {
        ImDrawList* list = ImGui::GetWindowDrawList();
        list->PushClipRect(area_.min, area_.max, true);
        const Index most = links_per_token();
        for (const Strand& strand : strands_) {
            if (strand.focus) {
                draw_focused(strand);
                continue;
            }
            // Lines of queries out of sight would only be a haze across those in sight.
            for (Index query = first_; query < std::min(last_, queries_); ++query) {
                const auto links = links_.of(strand.layer, strand.head.head, query);
                for (const Link& link : strongest(links, most, frame_.view.link_threshold))
                    draw_line(strand, link, frame_.px(1.4f));
            }
        }
        list->PopClipRect();
    }

    // All that the token pointed at looks at, or is looked at by.
    void draw_focused(const Strand& strand) {
        const float thickness = frame_.px(1.4f) * 1.4f;
        if (query_ && key_)
            return draw_line(strand, {*query_, *key_, (*strand.focus).data()[*key_]}, thickness);
        for (const auto& [other, weight] : heaviest(strand.focus->values(), 0.004f, 400))
            draw_line(strand, query_ ? Link{*query_, other, weight} : Link{other, *key_, weight},
                      thickness);
    }

    void draw_line(const Strand& strand, const Link& link, float thickness) {
        const float from = middle(link.query), to = middle(link.key);
        if (std::max(from, to) < area_.min.y || std::min(from, to) > area_.max.y) return;
        // Weights near zero would vanish on the way to eight bits.
        const float opacity = std::clamp(link.weight * 1.1f + 0.03f, 0.0f, 1.0f);
        const Span seen{area_.min.y, area_.max.y, row_};
        ImGui::GetWindowDrawList()->AddLine({left_, drawn_nearer(from, seen)},
                                            {right_, drawn_nearer(to, seen)},
                                            faded(strand.colour, opacity), thickness);
    }

    // A box shaded by the weight of every head, side by side.
    void draw_shade(ImVec2 min, ImVec2 max, Index token) {
        ImDrawList* list = ImGui::GetWindowDrawList();
        const auto count = static_cast<float>(strands_.size());
        for (size_t s = 0; s < strands_.size(); ++s) {
            const float weight = strands_[s].focus->data()[token];
            if (!(weight > 0)) continue;
            const float begin = min.x + (max.x - min.x) * static_cast<float>(s) / count;
            const float end = min.x + (max.x - min.x) * static_cast<float>(s + 1) / count;
            list->AddRectFilled({begin, min.y}, {end, max.y},
                                faded(strands_[s].colour, std::min(1.0f, weight)));
        }
    }

    // One token of one column: its number, its label, what is said about it.
    void draw_token(bool queries, Index token) {
        ImDrawList* list = ImGui::GetWindowDrawList();
        ImFont* font = row_ < frame_.px(19) ? frame_.fonts.small : frame_.fonts.text;
        const float above = std::floor(top_ + row_ * static_cast<float>(token));
        const float below = above + row_ - 1;
        const float inset = frame_.px(8), text_top = widgets::text_top(font, above, row_);
        const ImVec2 min{queries ? left_ - box_ : right_, above};
        const ImVec2 max{queries ? left_ : right_ + box_, below};
        if (queries ? key_ && !query_ : query_ && !key_) draw_shade(min, max, token);

        const auto& labels = queries ? frame_.query_labels() : frame_.key_labels();
        const std::string& label = labels[static_cast<size_t>(token)];
        const Sentence sentence = sentence_of(frame_, queries);
        const auto hovered = queries ? query_ : key_;
        const bool here = hovered == token || is_sought(frame_.view, sentence, token) ||
                          (queries && frame_.view.selected_query == token);
        const float width =
            std::min(widgets::text_size(font, label).x, box_ - numbers_ - 2 * inset);
        const float left = queries ? std::floor(left_ - inset - width) : right_ + inset;
        widgets::clipped_text(list, font, {left, text_top}, std::ceil(width) + 1,
                              here ? frame_.theme.blue : frame_.theme.text, label);
        if (numbers_ > 0) {
            ImFont* small = frame_.fonts.small;
            const float edge = queries ? left_ - box_ + numbers_ : right_ + box_ - frame_.px(4);
            widgets::number(list, small, {edge, widgets::text_top(small, above, row_)},
                            here ? frame_.theme.blue : frame_.theme.faint,
                            fmt::format("{}", token));
        }
        if (is_found(occurrences(frame_).of(sentence), token)) {
            const float thick = std::max(2.0f, std::floor(frame_.px(2)));
            const float x = queries ? left_ - thick - 1 : right_ + 1;
            list->AddRectFilled({x, above + 1}, {x + thick, below - 1}, frame_.theme.blue);
        }
        if (hovered == token)
            list->AddRect(min, max, frame_.theme.blue, frame_.px(3), 0,
                          std::max(1.0f, std::floor(frame_.scale)));
    }

    // Most of what a token looks at may be far out of sight: said in words.
    void tell_heaviest() {
        const Strand& strand = strands_.front();
        if (!strand.focus || (query_ && key_)) return;
        const auto& labels = query_ ? frame_.query_labels() : frame_.key_labels();
        const auto& others = query_ ? frame_.key_labels() : frame_.query_labels();
        std::string text = fmt::format("{} {}", query_ ? *query_ : *key_,
                                       quoted_token(labels, query_ ? *query_ : *key_));
        text += query_ ? " looks at" : " is looked at by";
        for (const auto& [other, weight] : heaviest(strand.focus->values(), 0.004f, 6))
            text += fmt::format("\n{}   {} {}", shown_number(weight, 3), other,
                                quoted_token(others, other));
        widgets::tooltip(frame_, text);
    }

    void draw_tokens() {
        ImGui::GetWindowDrawList()->PushClipRect(area_.min, area_.max, true);
        for (Index token = first_; token < last_; ++token) {
            if (token < queries_) draw_token(true, token);
            if (token < keys_) draw_token(false, token);
        }
        ImGui::GetWindowDrawList()->PopClipRect();
    }

    Frame& frame_;
    LinkRows& links_;
    Area area_;
    Index queries_, keys_;
    float row_ = 0, box_ = 0;     // pixels: height of a token, width of its box
    float numbers_ = 0;           // of it, for the tokens' numbers
    float left_ = 0, right_ = 0;  // between these the lines
    float top_ = 0;               // of the first token
    Index first_ = 0, last_ = 0;  // rows in view
    bool pointed_at_ = false;     // the pointer is on one of the tokens here
    std::optional<Index> query_, key_;
    std::vector<Strand> strands_;
};

// Brings the token that was gone to, or chosen by a key, into view.
void follow(const Frame& frame, const LinesPicture& picture, float room) {
    const ImGuiID last_choice = ImGui::GetID("last choice");
    ImGuiStorage* storage = ImGui::GetStateStorage();
    const auto& chosen_query = frame.view.selected_query;
    const int chosen = static_cast<int>(chosen_query.value_or(-1));
    const bool new_choice = storage->GetInt(last_choice, chosen) != chosen;
    storage->SetInt(last_choice, chosen);
    std::optional<Index> token;
    if (shall_follow(frame, "sought")) {
        token = sought_token(frame, true);
        if (!token) token = sought_token(frame, false);
    } else if (new_choice) {
        token = chosen_query;
    }
    if (!token) return;
    const float top = picture.row_top(*token), scroll = ImGui::GetScrollY();
    const bool seen = top >= scroll && top + picture.row_height() <= scroll + room;
    if (!seen) ImGui::SetScrollY(std::max(0.0f, std::floor(top - room / 2)));
}

void draw_lines_view(Frame& frame, Area area) {
    if (frame.trace == nullptr) return nothing_to_see(frame, area);
    const float margin = std::floor(frame.px(16));
    lines_legend(frame, {{area.min.x + margin, area.min.y + std::floor(frame.px(10))},
                         {area.max.x - margin, area.min.y + std::floor(frame.px(30))}});
    const float headings = area.min.y + std::floor(frame.px(44));
    const Area body{{area.min.x, headings + std::floor(frame.px(20))}, {area.max.x, area.max.y}};
    if (body.height() < frame.px(40)) return;

    ImGui::SetCursorScreenPos(body.min);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleColor(ImGuiCol_ChildBg, 0);
    ImGui::BeginChild("sentence twice", {body.width(), body.height()}, false);
    const ImVec2 start = ImGui::GetCursorScreenPos();
    LinesPicture picture(frame, {body.min, {body.max.x, body.max.y - frame.px(8)}});
    follow(frame, picture, body.height() - frame.px(8));
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

View lines_view() {
    return {"lines", "Lines", "The sentence twice, lines for the weights", draw_lines_view,
            [](Frame&) { return std::vector<BarControl>(); }};
}

}  // namespace fovea::app
