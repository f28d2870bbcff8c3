#include "app/render/map_cache.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/render/colour_scale.h"
#include "engine/model/value_norms.h"

namespace fovea::app {
namespace {

// Enough for every head of the lines view, and for a look back.
constexpr size_t kept_maps = 24;
constexpr size_t kept_norms = 4;

// The rule of a mask hides every (query, key) of the block.
bool rule_hides(const AttentionMask& mask, Index query_begin, Index query_end, Index key_begin,
                Index key_end) {
    if (mask.causal && key_begin > query_end - 1) return true;
    if (mask.window > 0) {
        const Index nearest =
            std::max<Index>({0, key_begin - (query_end - 1), query_begin - (key_end - 1)});
        if (nearest >= mask.window) return true;
        // Under both rules the nearest key above the diagonal does not count.
        if (mask.causal && query_begin - (key_end - 1) >= mask.window) return true;
    }
    return false;
}

bool all_blocked(const std::vector<std::uint8_t>& blocked, Index begin, Index end) {
    end = std::min(end, static_cast<Index>(blocked.size()));
    return begin < end && std::all_of(blocked.begin() + begin, blocked.begin() + end,
                                      [](std::uint8_t b) { return b != 0; });
}

CellGrid make_plain(const std::shared_ptr<const LayerTrace>& layer, Index head,
                    const MapPicture& picture, const Tensor* norms, Index rows, Index columns) {
    CellGrid grid;
    grid.region = picture.region;
    std::span<const float> head_norms;
    if (norms != nullptr && !norms->empty())
        head_norms = {norms->slice(head), static_cast<size_t>(norms->extent(1))};
    const bool whole = rows >= picture.region.rows() && columns >= picture.region.columns();
    grid.values = whole ? head_map(*layer, head, picture.quantity, picture.region, head_norms)
                        : pooled_head_map(*layer, head, picture.quantity, picture.region,
                                          std::min(rows, picture.region.rows()),
                                          std::min(columns, picture.region.columns()),
                                          Pooling::largest, head_norms);
    if (picture.quantity == Quantity::raw_scores) return grid;  // nothing is hidden from them
    const auto& mask = layer->edits[static_cast<size_t>(head)].mask;
    const auto hidden =
        hidden_blocks(mask, picture.region, grid.values.extent(0), grid.values.extent(1));
    float* values = grid.values.data();
    for (size_t i = 0; i < hidden.size(); ++i) {
        if (hidden[i] != 0 || values[i] == -std::numeric_limits<float>::infinity())
            values[i] = hidden_cell;
    }
    return grid;
}

void subtract_cells(Tensor& values, const Tensor& other) {
    float* a = values.data();
    const float* b = other.data();
    for (Index i = 0; i < values.size(); ++i) {
        const bool hidden_a = a[i] < hidden_limit;
        const bool hidden_b = b[i] < hidden_limit;
        // Weights and their like fall to zero where a mask hides; logits have no value there.
        if (hidden_a && hidden_b) continue;
        a[i] = (hidden_a ? 0.0f : a[i]) - (hidden_b ? 0.0f : b[i]);
    }
}

void find_range(CellGrid& grid) {
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const float value : grid.values.values()) {
        if (!(value > hidden_limit) || !std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    if (low > high) low = 0, high = 1;
    grid.low = low;
    grid.high = high;
}

}  // namespace

std::vector<std::uint8_t> hidden_blocks(const AttentionMask& mask, const MapRegion& region,
                                        Index rows, Index columns) {
    std::vector<std::uint8_t> hidden(static_cast<size_t>(rows * columns), 0);
    for (Index r = 0; r < rows; ++r) {
        const Index query_begin = region.query_begin + r * region.rows() / rows;
        const Index query_end = region.query_begin + (r + 1) * region.rows() / rows;
        const bool row_blocked = all_blocked(mask.blocked_queries, query_begin, query_end);
        for (Index c = 0; c < columns; ++c) {
            const Index key_begin = region.key_begin + c * region.columns() / columns;
            const Index key_end = region.key_begin + (c + 1) * region.columns() / columns;
            hidden[static_cast<size_t>(r * columns + c)] =
                row_blocked || rule_hides(mask, query_begin, query_end, key_begin, key_end) ||
                all_blocked(mask.blocked_keys, key_begin, key_end);
        }
    }
    if (rows == region.rows() && columns == region.columns()) {
        for (const Cell& cell : mask.blocked_cells) {
            const Index r = cell.query - region.query_begin;
            const Index c = cell.key - region.key_begin;
            if (r >= 0 && r < rows && c >= 0 && c < columns)
                hidden[static_cast<size_t>(r * columns + c)] = 1;
        }
    }
    return hidden;
}

bool MapCache::Key::operator==(const Key& other) const {
    return same_owner(layer, other.layer) && same_owner(subtract, other.subtract) &&
           head == other.head && subtract_head == other.subtract_head &&
           quantity == other.quantity && region == other.region && rows == other.rows &&
           columns == other.columns;
}

std::shared_ptr<const CellGrid> MapCache::cells(const MapPicture& picture, Index rows,
                                                Index columns) {
    Key key{picture.layer,    picture.subtract, picture.head, picture.subtract_head,
            picture.quantity, picture.region,   rows,         columns};
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (!(entry->key == key)) continue;
        entries_.splice(entries_.begin(), entries_, entry);
        return entries_.front().cells;
    }
    auto grid = std::make_shared<CellGrid>(
        make_plain(picture.layer, picture.head, picture, picture.value_norms.get(), rows, columns));
    if (picture.subtract) {
        const CellGrid other = make_plain(picture.subtract, picture.subtract_head, picture,
                                          picture.subtract_value_norms.get(), rows, columns);
        // Logits of a hidden cell cannot be compared with anything.
        if (picture.quantity == Quantity::masked_scores) {
            for (Index i = 0; i < grid->values.size(); ++i) {
                float& value = grid->values.data()[i];
                if (other.values.data()[i] < hidden_limit) value = hidden_cell;
                if (value > hidden_limit) value -= other.values.data()[i];
            }
        } else {
            subtract_cells(grid->values, other.values);
        }
    }
    find_range(*grid);
    entries_.push_front({std::move(key), grid});
    while (entries_.size() > kept_maps)
        entries_.pop_back();
    return grid;
}

std::shared_ptr<const Tensor> MapCache::norms(const Model& model,
                                              const std::shared_ptr<const LayerTrace>& layer,
                                              Index layer_index, Part part) {
    const std::weak_ptr<const LayerTrace> key = layer;
    for (auto entry = norms_.begin(); entry != norms_.end(); ++entry) {
        if (!same_owner(entry->layer, key)) continue;
        norms_.splice(norms_.begin(), norms_, entry);
        return norms_.front().values;
    }
    auto values = std::make_shared<const Tensor>(value_norms(model, *layer, layer_index, part));
    norms_.push_front({key, values});
    while (norms_.size() > kept_norms)
        norms_.pop_back();
    return values;
}

}  // namespace fovea::app
