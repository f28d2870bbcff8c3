#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "app/panels/list.h"
#include "app/panels/map_axes.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

namespace {

constexpr float row_height = 20;

/// All that is said of one cell.
struct CellFacts {
    float weight = 0;
    float logit = 0;
    Index rank = 1;  ///< among the keys that the query sees, the heaviest first
    Index seen = 0;  ///< how many keys the query sees
    bool visible = true;
    bool visible_to_model = true;  ///< without the edits
    std::optional<float> was;      ///< weight in the unedited model, where another is shown
};

MapRegion row_of(const LayerTrace& layer, Index query) {
    return {query, query + 1, 0, layer.projections->keys};
}

bool sees(const LayerTrace& layer, Index head, Index query, Index key) {
    return layer.edits[static_cast<size_t>(head)].mask.visible(query, key);
}

/// The key with the largest weight in a row.
Index heaviest(const Tensor& weights) {
    const auto row = weights.values();
    return std::max_element(row.begin(), row.end()) - row.begin();
}

CellFacts facts_of(const Frame& frame, HeadId id, const Tensor& row, Index query, Index key) {
    const LayerTrace& layer = *frame.trace->layers[static_cast<size_t>(id.layer)];
    const AttentionMask& mask = layer.edits[static_cast<size_t>(id.head)].mask;
    CellFacts facts;
    facts.weight = row.at(0, key);
    facts.visible = facts.visible_to_model = mask.visible(query, key);
    for (Index k = 0; k < row.extent(1); ++k) {
        if (!mask.visible(query, k)) continue;
        ++facts.seen;
        facts.rank += row.at(0, k) > facts.weight;
    }
    const MapRegion cell{query, query + 1, key, key + 1};
    facts.logit = head_map(layer, id.head, Quantity::logits, cell).at(0, 0);
    if (frame.original && frame.original != frame.trace) {
        const LayerTrace& own = *frame.original->layers[static_cast<size_t>(id.layer)];
        facts.was = head_map(own, id.head, Quantity::weights, cell).at(0, 0);
        facts.visible_to_model = sees(own, id.head, query, key);
    }
    return facts;
}

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

/// A small weight is no zero.
std::string shown_weight(float weight) {
    return weight > 0 && weight < 0.0005f ? short_number(weight) : shown_number(weight, 3);
}

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
        line.quiet(fmt::format("logit {} · masked ", shown_number(facts.logit, 2)));
        if (facts.visible == facts.visible_to_model)
            line.quiet(facts.visible ? "no" : "yes");
        else
            line.signal(facts.visible ? "no" : "yes");
        if (facts.was) line.quiet(" · was " + shown_weight(*facts.was));
    }
}

/// The cell that the panel is about.
struct CellInView {
    HeadId head;
    Index query = 0, key = 0;
    CellFacts facts;
};

/// `under` is the key under the pointer; without one it is the query's heaviest. Kept while it is
/// the same cell of the same trace: a row of a long sentence is thousands of dot products.
const CellInView& cell_of(const Frame& frame, Index query, std::optional<Index> under) {
    struct Memory {
        std::weak_ptr<const Reading> reading;
        const Trace* trace = nullptr;
        std::optional<Index> under;
        CellInView cell;
    };
    Memory& memory = frame.cache->of<Memory>();
    const HeadId id = chosen_head(frame);
    const bool same = !memory.reading.owner_before(frame.reading) &&
                      !frame.reading.owner_before(memory.reading) && memory.trace == frame.trace &&
                      memory.cell.head == id && memory.cell.query == query && memory.under == under;
    if (same) return memory.cell;
    const LayerTrace& layer = *frame.trace->layers[static_cast<size_t>(id.layer)];
    const Tensor row = head_map(layer, id.head, Quantity::weights, row_of(layer, query));
    const Index key = under.value_or(heaviest(row));
    memory = {
        frame.reading, frame.trace, under, {id, query, key, facts_of(frame, id, row, query, key)}};
    return memory.cell;
}

void draw_this_cell(Frame& frame) {
    widgets::heading(frame, "This cell", frame.trace && frame.view.pinned ? "pinned" : "");
    std::optional<Index> query = query_in_view(frame);
    std::optional<Index> under = frame.hovered.key;
    // What is pointed at goes before what is pinned.
    const auto& pin = frame.view.pinned;
    const bool pinned = pin && !frame.hovered.query && !under && pin->query < frame.queries() &&
                        pin->key < frame.keys();
    if (pinned) {
        query = pin->query;
        under = pin->key;
    }
    if (!frame.trace || !query || frame.layers() == 0) {
        Line(frame).quiet("–");
        widgets::gap(frame, 2 * row_height);  // what stands below stays where it is
        return;
    }
    if (under && (*under < 0 || *under >= frame.keys())) under.reset();
    const CellInView& cell = cell_of(frame, *query, under);
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
    return {"this_cell", "", Place::right, MiddleView::map, draw_this_cell};
}

}  // namespace fovea::app
