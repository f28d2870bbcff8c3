#include "app/maps/map_cells.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/model/value_norms.h"
#include "engine/trace/cell_difference.h"

namespace fovea::app {
namespace {

constexpr Index sampled_extent = 128;

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

// One of the two maps that a picture is made of.
struct Side {
    const LayerTrace& layer;
    Index head;
    const ValueNorms* norms;
};

void mark_hidden(CellGrid& grid, const Side& side, Quantity quantity) {
    if (quantity == Quantity::logits) return;  // nothing is hidden from them
    const auto& mask = side.layer.edits[static_cast<size_t>(side.head)].mask;
    const auto hidden =
        hidden_blocks(mask, grid.region, grid.values.extent(0), grid.values.extent(1));
    float* values = grid.values.data();
    for (size_t i = 0; i < hidden.size(); ++i) {
        if (hidden[i] != 0 || values[i] == -std::numeric_limits<float>::infinity())
            values[i] = hidden_cell;
    }
}

void subtract_cells(Tensor& values, const Tensor& other, Quantity quantity) {
    const auto seen = [](float cell) {
        return cell < hidden_limit ? std::nullopt : std::optional(cell);
    };
    for (Index i = 0; i < values.size(); ++i) {
        float& value = values.data()[i];
        value = cell_difference(quantity, seen(value), seen(other.data()[i])).value_or(hidden_cell);
    }
}

/// From what `values(side)` gives of each map to the picture of both.
template <class Values>
CellGrid assemble(const MapPicture& picture, const MapRegion& region, const Values& values) {
    const auto make = [&](const Side& side) {
        CellGrid grid;
        grid.region = region;
        grid.values = values(side);
        mark_hidden(grid, side, picture.quantity);
        return grid;
    };
    CellGrid grid = make({*picture.layer, picture.head, picture.value_norms.get()});
    if (picture.subtract) {
        const CellGrid other =
            make({*picture.subtract, picture.subtract_head, picture.subtract_value_norms.get()});
        subtract_cells(grid.values, other.values, picture.quantity);
    }
    const auto range = range_of(grid, region).value_or(ValueRange{0, 1});
    grid.low = range.low;
    grid.high = range.high;
    return grid;
}

std::span<const float> norms_of(const Side& side) {
    return side.norms != nullptr ? side.norms->of_head(side.head) : std::span<const float>();
}

}  // namespace

bool MapIdentity::operator==(const MapIdentity& other) const {
    return head == other.head && subtract_head == other.subtract_head &&
           quantity == other.quantity && pooling == other.pooling &&
           same_owner(layer, other.layer) && same_owner(subtract, other.subtract);
}

std::optional<ValueRange> range_of(const CellGrid& grid, const MapRegion& part) {
    const Index rows = grid.values.extent(0), columns = grid.values.extent(1);
    const MapRegion& held = grid.region;
    // From the cell that holds the first token of the part to the one that holds its last.
    const Index row_begin = (part.query_begin - held.query_begin) * rows / held.rows();
    const Index row_end = (part.query_end - 1 - held.query_begin) * rows / held.rows() + 1;
    const Index column_begin = (part.key_begin - held.key_begin) * columns / held.columns();
    const Index column_end = (part.key_end - 1 - held.key_begin) * columns / held.columns() + 1;
    ValueRange range{std::numeric_limits<float>::infinity(),
                     -std::numeric_limits<float>::infinity()};
    for (Index r = row_begin; r < row_end; ++r) {
        for (Index c = column_begin; c < column_end; ++c) {
            const float value = grid.values.at(r, c);
            if (!(value > hidden_limit) || !std::isfinite(value)) continue;
            range.low = std::min(range.low, value);
            range.high = std::max(range.high, value);
        }
    }
    if (range.low > range.high) return std::nullopt;
    return range;
}

std::vector<std::uint8_t> hidden_blocks(const AttentionMask& mask, const MapRegion& region,
                                        Index rows, Index columns) {
    std::vector<std::uint8_t> hidden(static_cast<size_t>(rows * columns), 0);
    const auto query_of = [&](Index row) {
        return region.query_begin + pooled_begin(row, rows, region.rows());
    };
    std::vector<Index> key_begin(static_cast<size_t>(columns) + 1);
    for (Index c = 0; c <= columns; ++c)
        key_begin[static_cast<size_t>(c)] =
            region.key_begin + pooled_begin(c, columns, region.columns());
    std::vector<std::uint8_t> column_blocked(static_cast<size_t>(columns));
    for (size_t c = 0; c < column_blocked.size(); ++c)
        column_blocked[c] = all_blocked(mask.blocked_keys, key_begin[c], key_begin[c + 1]);
    for (Index r = 0; r < rows; ++r) {
        const Index query_begin = query_of(r), query_end = query_of(r + 1);
        const bool row_blocked = all_blocked(mask.blocked_queries, query_begin, query_end);
        std::uint8_t* row = hidden.data() + r * columns;
        for (size_t c = 0; c < column_blocked.size(); ++c)
            row[c] = row_blocked || column_blocked[c] != 0 ||
                     rule_hides(mask, query_begin, query_end, key_begin[c], key_begin[c + 1]);
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

CellGrid make_cells(const MapPicture& picture, Index rows, Index columns,
                    const CancelToken& cancel) {
    return assemble(picture, picture.region, [&](const Side& side) {
        return pooled_head_map(side.layer, side.head, picture.quantity, picture.region, rows,
                               columns, picture.pooling, norms_of(side), cancel);
    });
}

CellGrid make_overview(const MapPicture& picture) {
    MapPicture shown = picture;
    // The weights alone stand in until it is known how much each of them moves.
    if (!picture.at_hand()) shown.quantity = Quantity::weights;
    const MapRegion whole = whole_map(*picture.layer);
    const bool thumbnail =
        shown.quantity == Quantity::weights && shown.pooling == Pooling::largest && !shown.subtract;
    MapRegion region = whole;
    if (thumbnail) {  // its last cells may stand for fewer tokens: it reaches beyond the map
        region.query_end = thumbnail_cells(whole.rows()) * thumbnail_cell(whole.rows());
        region.key_end = thumbnail_cells(whole.columns()) * thumbnail_cell(whole.columns());
    }
    return assemble(shown, region, [&](const Side& side) {
        if (thumbnail) {
            const Tensor& all = side.layer.scores->thumbnails;  // [heads, rows, columns]
            Tensor map = Tensor::uninitialised({all.extent(1), all.extent(2)});
            std::copy_n(all.slice(side.head), map.size(), map.data());
            return map;
        }
        const auto norms =
            shown.quantity == Quantity::value_weighted ? norms_of(side) : std::span<const float>();
        return sampled_head_map(side.layer, side.head, shown.quantity, whole, sampled_extent,
                                sampled_extent, norms);
    });
}

}  // namespace fovea::app
