#include "app/panels/cell_facts.h"

#include <memory>

#include "app/panels/map_axes.h"
#include "app/panels/panel_parts.h"
#include "engine/trace/head_map.h"

namespace fovea::app {
namespace {

bool sees_key(const LayerTrace& layer, Index head, Index query, Index key) {
    return layer.edits[static_cast<size_t>(head)].mask.visible(query, key);
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
        facts.visible_to_model = sees_key(own, id.head, query, key);
    }
    return facts;
}

}  // namespace

const CellInView& cell_in_view(const Frame& frame, Index query, std::optional<Index> key) {
    struct Memory {
        std::weak_ptr<const Reading> reading;
        const Trace* trace = nullptr;
        std::optional<Index> asked;
        CellInView cell;
    };
    Memory& memory = frame.cache->of<Memory>();
    const HeadId id = chosen_head(frame);
    const bool same = !memory.reading.owner_before(frame.reading) &&
                      !frame.reading.owner_before(memory.reading) && memory.trace == frame.trace &&
                      memory.cell.head == id && memory.cell.query == query && memory.asked == key;
    if (same) return memory.cell;
    const LayerTrace& layer = *frame.trace->layers[static_cast<size_t>(id.layer)];
    const Tensor row = head_map(layer, id.head, Quantity::weights, row_of_map(layer, query));
    const Index at = key.value_or(heaviest_key(row));
    memory = {
        frame.reading, frame.trace, key, {id, query, at, facts_of(frame, id, row, query, at)}};
    return memory.cell;
}

ShownCell shown_cell(const Frame& frame) {
    if (!frame.trace || frame.layers() == 0) return {};
    const auto& pin = frame.view.pinned;
    const bool points = frame.hovered.query || frame.hovered.key;
    if (pin && !points && pin->query < frame.queries() && pin->key < frame.keys())
        return {pin->query, pin->key, true};
    ShownCell cell{query_in_view(frame), frame.hovered.key};
    if (cell.key && (*cell.key < 0 || *cell.key >= frame.keys())) cell.key.reset();
    return cell;
}

std::string shown_weight(float weight) {
    return weight > 0 && weight < 0.0005f ? short_number(weight) : shown_number(weight, 3);
}

std::string shown_logit(float logit) {
    return shown_number(logit, 2);
}

}  // namespace fovea::app
