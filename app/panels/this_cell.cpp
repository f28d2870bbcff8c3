#include <fmt/format.h>

#include "app/panels/cell_facts.h"
#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/panels/this_square.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

constexpr float row_height = 20;

/// Words of several weights and colours on one line, cut at the panel's edge.
class Line {
  public:
    explicit Line(Frame& frame)
        : frame_(frame),
          corner_(ImGui::GetCursorScreenPos()),
          x_(corner_.x),
          right_(corner_.x + ImGui::GetContentRegionAvail().x) {}
    ~Line() { widgets::gap(frame_, row_height); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    Line& quiet(std::string_view words) {
        return add(frame_.fonts.text, frame_.theme.muted, words);
    }
    Line& strong(std::string_view words) {
        return add(frame_.fonts.strong, frame_.theme.text, words);
    }
    Line& signal(std::string_view words) {
        return add(frame_.fonts.text, frame_.theme.amber, words);
    }

  private:
    Line& add(ImFont* face, ImU32 colour, std::string_view words) {
        const float top = widgets::text_top(face, corner_.y, frame_.px(row_height));
        widgets::clipped_text(ImGui::GetWindowDrawList(), face, {x_, top}, right_ - x_, colour,
                              words);
        x_ += widgets::text_size(face, words).x;
        return *this;
    }
    Frame& frame_;
    ImVec2 corner_;
    float x_, right_;
};

void draw_facts(Frame& frame, const CellFacts& facts) {
    {
        Line line(frame);
        line.quiet("weight ").strong(shown_weight(facts.weight));
        if (facts.visible)
            line.quiet(fmt::format(" · rank {} of {}", facts.rank, facts.seen));
        else
            line.quiet(" · no rank");
    }
    {
        Line line(frame);
        line.quiet(fmt::format("logit {} · masked ", shown_logit(facts.logit)));
        if (facts.visible == facts.visible_to_model)
            line.quiet(facts.visible ? "no" : "yes");
        else
            line.signal(facts.visible ? "no" : "yes");
        if (facts.was) line.quiet(" · was " + shown_weight(*facts.was));
    }
}

void draw_this_cell(Frame& frame) {
    const auto [query, under, pinned] = shown_cell(frame);
    widgets::heading(frame, "This cell", pinned ? "pinned" : "");
    if (!query) {
        Line(frame).quiet("–");
        widgets::gap(frame, 2 * row_height);  // what stands below stays where it is
        return;
    }
    const CellInView& cell = cell_in_view(frame, *query, under);
    {
        const auto label = [](const std::vector<std::string>& labels, Index token) {
            return bare_label(labels[static_cast<size_t>(token)]);
        };
        Line line(frame);
        line.quiet("query ").strong(label(frame.query_labels(), *query));
        line.quiet(" · key ").strong(label(frame.key_labels(), cell.key));
        // Nothing is pointed at: the cell a person would look at first.
        if (!under) line.quiet(" · its heaviest");
    }
    draw_facts(frame, cell.facts);
}

}  // namespace

Panel this_cell_panel() {
    // A square that is asked about stands in its place.
    return {"this_cell", "", Place::right, draw_this_cell,
            [](const Frame& frame) { return !ranked_squares(frame); }};
}

}  // namespace fovea::app
